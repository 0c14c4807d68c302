import { OptionError } from '../../base/errors.js';
import type { FailureClass } from '../../task/record.js';
import type { RunOptions } from './spec.js';

const classes: readonly FailureClass[] = ['error', 'exit', 'timeout', 'oom', 'cuda-oom', 'lost', 'load', 'verify'];
const usual: Readonly<Partial<Record<FailureClass, number>>> = { lost: 2 };

/** How often a task may fail before that is its end. */
export class RetryRules {
  readonly #allowed: Readonly<Partial<Record<FailureClass, number>>>;
  readonly #failures = new Map<string, Map<FailureClass, number>>();

  constructor(retries: RunOptions['retries'] = usual) {
    this.#allowed =
      typeof retries === 'number'
        ? Object.fromEntries(classes.map((name) => [name, retries]))
        : { ...usual, ...retries };
    for (const [name, count] of Object.entries(this.#allowed)) {
      if (!classes.includes(name as FailureClass)) {
        throw new OptionError(
          `There is no class of failure "${name}" to retry. The classes are: ${classes.join(', ')}.`,
        );
      }
      if (!Number.isInteger(count) || count < 0) {
        throw new OptionError(`"retries" takes whole numbers from 0, not ${String(count)} (for "${name}").`);
      }
    }
  }

  /** How often a class of failure is tried again. */
  of(failure: FailureClass): number {
    return this.#allowed[failure] ?? 0;
  }

  /** Counts a failure; says whether the task may try again. */
  allow(id: string, failure: FailureClass): boolean {
    const counts = this.#failures.get(id) ?? new Map<FailureClass, number>();
    this.#failures.set(id, counts);
    const failures = (counts.get(failure) ?? 0) + 1;
    counts.set(failure, failures);
    return failures <= this.of(failure);
  }

  ended(id: string): void {
    this.#failures.delete(id);
  }
}
