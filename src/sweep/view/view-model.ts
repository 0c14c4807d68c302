import { relative } from 'node:path';
import type { Sweep } from '../sweep.js';
import { FailureGroups } from './failure-groups.js';
import { listen } from './listen.js';
import type { ViewState } from './view-state.js';

const FOLDERS_MAX = 4;
const ESTIMATE_MS = 1000; // it walks through all that is still to do
const ANSWER_MS = 8000;

/** What a view shows, gathered from a sweep while it runs. */
export class ViewModel {
  readonly #sweep: Sweep;
  readonly #startedAt = Date.now();
  readonly #failures = new FailureGroups();
  readonly #undo: () => void;
  #halted: string | undefined;
  #answer: { readonly text: string; readonly until: number } | undefined;
  #estimate: { readonly remaining: ViewState['remaining']; readonly at: number } | undefined;

  constructor(sweep: Sweep) {
    this.#sweep = sweep;
    this.#undo = listen(sweep, {
      ended: (task, end) => {
        if (end.status === 'failed') this.#failures.add(task, end);
      },
      reopened: (task) => this.#failures.remove(task),
      halted: (reason) => {
        this.#halted = reason;
      },
    });
  }

  /** Shown for a few seconds. */
  answer(text: string): void {
    this.#answer = { text, until: Date.now() + ANSWER_MS };
  }

  state({ keys, isOver = false, foldersMax = FOLDERS_MAX }: StateOptions): ViewState {
    const { spec, counters, workers } = this.#sweep;
    return {
      title: spec.title ?? placeOf(spec.output),
      startedAt: this.#startedAt,
      counters,
      isSearch: spec.search !== undefined,
      remaining: this.#remaining(),
      workers,
      failures: this.#failures.list({ foldersMax }),
      halted: this.#halted,
      answer: this.#answer && Date.now() < this.#answer.until ? this.#answer.text : undefined,
      keys,
      isOver,
    };
  }

  close(): void {
    this.#undo();
  }

  #remaining(): ViewState['remaining'] {
    const at = performance.now();
    if (!this.#estimate || at - this.#estimate.at >= ESTIMATE_MS)
      this.#estimate = { remaining: this.#sweep.remaining, at };
    return this.#estimate.remaining;
  }
}

/** As one would name it from here. */
function placeOf(output: string): string {
  const place = relative('', output);
  return place === '' || place.startsWith('..') ? output : place;
}

interface StateOptions {
  readonly keys: ViewState['keys'];
  readonly isOver?: boolean;
  readonly foldersMax?: number;
}
