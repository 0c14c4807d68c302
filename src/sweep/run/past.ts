import type { TaskEnd } from '../../task/record.js';
import type { Part } from '../ledger/journal-line.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Plan } from '../plan/plan.js';
import { commandsOf, declaredCommands } from './commands-of.js';
import type { Resolved } from './resolved.js';
import { wantedIn } from './wanted.js';

/** What was done of a sweep before. A success counts for those commands that have a part in it: others may have been added. */
export class Past {
  /** The commands that are to be run, where there may be others. */
  readonly #wanted: readonly string[];
  readonly #spec: Resolved;
  /** Those that the spaces of a task want, where they say so. */
  readonly #ofSpaces: (id: string) => readonly string[] | undefined;
  readonly #ledger: Ledger;
  /** What ended before that does not count. */
  readonly #from: number;

  constructor(spec: Resolved, ledger: Ledger, plan?: Plan) {
    const mayDiffer = Object.keys(declaredCommands(spec)).length > 1;
    const isOfSpaces = plan !== undefined && spec.only === undefined && plan.commands.size > 0;
    this.#wanted = mayDiffer ? commandsOf(spec).map(({ name }) => name) : [];
    this.#spec = spec;
    this.#ofSpaces = isOfSpaces ? (id) => plan.task(plan.indexOf(id)).only : () => undefined;
    this.#ledger = ledger;
    this.#from = mayDiffer && overwritesSome(spec) ? Date.now() : 0;
  }

  isDone(id: string): boolean {
    const { records } = this.#ledger;
    if (!records.isDone(id) || this.#wanted.length === 0) return records.isDone(id);
    const end = records.lastEnd(id);
    return end !== undefined && this.isEnough(end);
  }

  /** Whether and how a task is over for good: what a rule has stopped would only be stopped again. */
  isOver(id: string): 'done' | 'stopped' | undefined {
    if (this.isDone(id)) return 'done';
    return this.#ledger.records.statusOf(id) === 'stopped' ? 'stopped' : undefined;
  }

  /** Whether nothing is left of a plan. */
  isWhole(plan: Plan): boolean {
    const isWanted = wantedIn(plan, this.#spec);
    for (let index = 0; index < plan.size; index++) {
      if (isWanted(index) && !this.isOver(plan.id(index))) return false;
    }
    return true;
  }

  isEnough({ id, startedAt, commands = [] }: TaskEnd): boolean {
    if (startedAt < this.#from) return false;
    return this.#wantedOf(id).every((wanted) => commands.some(({ name }) => name === wanted));
  }

  /** The commands to be run in the next attempt; all of them where it does not say. */
  left(id: string): readonly string[] | undefined {
    const end = this.halfDone(id);
    return end ? this.missingIn(end) : this.#ofSpaces(id);
  }

  /** How a task ended last, or how far it came, where that says of some of the commands that they need not be run again. */
  halfDone(id: string): Part | undefined {
    const { records } = this.#ledger;
    if (this.#wanted.length === 0 || records.attemptsOf(id) === 0) return undefined;
    const end = records.lastPart(id) ?? records.lastEnd(id);
    return end?.commands && this.missingIn(end).length > 0 ? end : undefined;
  }

  /** The commands that such an end leaves to be run. */
  missingIn(end: Part): readonly string[] {
    const wanted = this.#wantedOf(end.id);
    return end.startedAt < this.#from ? wanted : wanted.filter((name) => !isDoneIn(end, name));
  }

  #wantedOf(id: string): readonly string[] {
    const only = this.#ofSpaces(id);
    return only ? this.#wanted.filter((name) => only.includes(name)) : this.#wanted;
  }
}

/** Whether chosen commands are run anew, while what the others have left stays. */
export function overwritesSome(spec: Resolved): boolean {
  return (
    spec.existing === 'overwrite' &&
    spec.only !== undefined &&
    Object.keys(declaredCommands(spec)).length > commandsOf(spec).length
  );
}

function isDoneIn({ commands = [] }: Part, wanted: string): boolean {
  return commands.some(({ name, status }) => name === wanted && status === 'done');
}
