import { join } from 'node:path';
import { Events } from '../base/events.js';
import type { Estimate } from './batch/estimate.js';
import type { Plan } from './plan/plan.js';
import type { SweepResults } from './results/sweep-results.js';
import { checkCommands } from './run/check-commands.js';
import { type Configuration, configurationOf } from './run/configuration.js';
import { Headquarters } from './run/headquarters.js';
import { specFrom } from './run/overrides.js';
import { planOf } from './run/plan-of.js';
import { type Resolved, resolved } from './run/resolved.js';
import type { SweepSpec } from './run/spec.js';
import type { SweepEvents } from './run/sweep-events.js';
import type { Counters } from './run/tally.js';
import type { WorkerStatus } from './run/worker-status.js';
import { type EndedTask, streamEnds } from './stream-ends.js';

/** Types a specification that lies in a file of its own; what it was given comes back. */
export function defineSweep(spec: SweepSpec): SweepSpec {
  return spec;
}

/** Runs a sweep to its end. Tasks that fail do not reject: they are in `missing` of the results. */
export function sweep(spec: SweepSpec): Promise<SweepResults> {
  return new Sweep(spec).run();
}

/** Where else a sweep comes from than from what its caller gives. */
export interface SweepSource {
  /** What its file says: the call goes before it. */
  readonly file?: SweepSpec;
  /** What the flags of a command say: they go before all. */
  readonly flags?: SweepSpec;
  /** A folder of its own within the output folder. */
  readonly stage?: string;
  /** The file as it was read: a copy is kept with the records. Default: the specification as JSON. */
  readonly configuration?: Configuration;
}

/** A parameter study: its plan, and its run. */
export class Sweep {
  readonly spec: Resolved;
  /** Parameters that no command uses: they give tasks other names, and nothing else. */
  readonly orphans: readonly string[];
  readonly #events = new Events<SweepEvents>();
  readonly #plan: Plan | undefined;
  readonly #headquarters: Headquarters;
  #isBegun = false;

  /**
   * Checks all of it, and starts nothing. The environment (`PYW_…`) goes before what is given, that before the file; the flags of
   * a command go before all.
   */
  constructor(spec: SweepSpec, { stage, configuration, ...layers }: SweepSource = {}) {
    const { output = 'sweep-output', ...given } = specFrom({ call: spec, ...layers });
    this.spec = resolved({ ...given, output: stage === undefined ? output : join(output, stage) });
    this.#plan = this.spec.search ? undefined : planOf(this.spec);
    this.orphans = checkCommands(this.spec, this.#plan);
    this.#headquarters = new Headquarters(this.spec, this.#plan, {
      events: this.#events,
      start: {
        configuration: configuration ?? configurationOf(this.spec),
        ...(this.#plan && { tasks: this.#plan.size }),
      },
    });
  }

  /** Which tasks there are. A search has none before it runs. */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** `undefined` before it runs. */
  get counters(): Counters | undefined {
    return this.#isBegun ? this.#headquarters.counters : undefined;
  }

  /** What each worker does at this moment. */
  get workers(): readonly WorkerStatus[] {
    return this.#headquarters.workers;
  }

  /** How long it will take yet, loads that are to come among it; `undefined` while that is not known, and for a search. */
  get remaining(): Estimate | undefined {
    return this.#headquarters.remaining;
  }

  /** One more on this machine. Returns its name. Throws where there is no GPU slot for it, and where nothing is left to begin. */
  addWorker(): string {
    return this.#atWork().addWorker();
  }

  /** One of them leaves when its task has ended. Returns its name. Throws where it is the last one. */
  removeWorker(): string {
    return this.#atWork().removeWorker();
  }

  /**
   * The tasks that have failed for good in this run are done once more; their attempts are counted on. Returns how many.
   * Throws where no further task is begun: then run another sweep like this one.
   */
  retryFailed(): number {
    return this.#atWork().retryFailed();
  }

  /**
   * Runs what is not recorded as done. Resolves when all workers have ended, with the results of this run and those before.
   * Rejects only when the sweep as a whole cannot go on. With `quiet`, `verbose` writes nothing: somebody watches.
   */
  async run({ quiet = false }: { readonly quiet?: boolean } = {}): Promise<SweepResults> {
    if (this.#isBegun) {
      throw new Error('This sweep was run already. Make another one: what is recorded is not done again.');
    }
    this.#isBegun = true;
    return this.#headquarters.run({ isQuiet: quiet });
  }

  /**
   * Runs it as `run()` does, and gives each task when it is over for good: done, failed, stopped or cancelled. Not those that were
   * over before, nor failures with `onFailure: 'silent'`. Leaving the loop stops the sweep at once, and waits for its end.
   */
  stream(): AsyncGenerator<EndedTask, SweepResults> {
    return streamEnds(this);
  }

  /** Begins no further task; with `now`, ends those that run. `run()` then resolves with what there is. */
  stop({ now = false }: { readonly now?: boolean } = {}): void {
    this.#headquarters.stop({ now });
  }

  #atWork(): Headquarters {
    if (!this.#isBegun) throw new Error('The sweep does not run. Call run() first.');
    return this.#headquarters;
  }

  on<E extends keyof SweepEvents>(event: E, listener: SweepEvents[E]): this {
    this.#events.on(event, listener);
    return this;
  }

  off<E extends keyof SweepEvents>(event: E, listener: SweepEvents[E]): this {
    this.#events.off(event, listener);
    return this;
  }
}
