import { type Check, checkOptions, isArray, isCount, isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Point, Task } from '../point.js';
import { Space } from '../space/space.js';
import type { SampleSpec, SpaceSpec, UnionSpec } from '../space/space-spec.js';
import { checkSpaces } from './check-spaces.js';
import { type FolderForm, Folders } from './folders.js';
import { Paths } from './paths.js';
import { type PlanSpace, planSpaceOf } from './plan-space.js';
import { type Cut, type Selection, selectionOf } from './selection.js';
import { type ShardSpec, shardOf, shardRange } from './shard.js';

export interface PlanOptions {
  /** Only so many, from the first. */
  readonly limit?: number;
  /** `2/8`: the second of eight equal parts; each lies together, so that what is loaded serves many. */
  readonly shard?: string | ShardSpec;
  /** Of all spaces together. */
  readonly sample?: SampleSpec;
  readonly folders?: FolderForm;
}

/** What a dry run shows. */
export interface PlanSummary {
  readonly size: number;
  readonly spaces: readonly PlanSpace[];
  readonly cuts: readonly Cut[];
  readonly duplicates: number;
  readonly isComplete: boolean;
  readonly first: readonly Task[];
  readonly last: readonly Task[];
}

const isAny: Check = () => undefined;
const isFolderForm: Check = (value) =>
  value === 'nested' || value === 'flat' || typeof value === 'function' ? undefined : "'nested', 'flat' or a function";

/** The tasks of a sweep, in order. Tasks are made when asked for; what is kept of each is a few numbers. */
export class Plan implements Iterable<Task> {
  readonly size: number;
  /** The spaces and their variables, in order. */
  readonly dimensions: readonly PlanSpace[];
  readonly #selection: Selection;
  readonly #spaces: readonly Space[];
  readonly #folderOf: (space: Space, position: number, point: Point) => string;
  readonly #paths = new Paths();
  /** Where the shard begins. */
  readonly #from: number;

  constructor(spec: SpaceSpec | UnionSpec, options: PlanOptions = {}) {
    checkOptions(options, {
      limit: isCount,
      shard: isAny,
      sample: (value) => (isRecord(value) ? undefined : 'an object'),
      folders: isFolderForm,
    });
    const spaces = specsOf(spec).map((each) => new Space(each));
    const [home] = spaces;
    if (!home) throw new OptionError('A union has at least one space.');
    checkSpaces(spaces);
    const { limit = Number.POSITIVE_INFINITY, shard, sample, folders = 'nested' } = options;
    this.#spaces = spaces;
    this.#selection = selectionOf(spaces, { ...(shard ? {} : { limit }), ...(sample ? { sample } : {}) });
    const whole = this.#selection.size;
    const { from, to } = shard ? shardRange(shardOf(shard), whole) : { from: 0, to: whole };
    this.#from = from;
    this.size = Math.min(to - from, limit);
    this.#folderOf =
      typeof folders === 'function' ? (_space, _position, point) => folders(point) : inFoldersOf(home, folders);
    this.dimensions = spaces.map(planSpaceOf);
    if (typeof folders === 'function') refuseShared(this);
  }

  /** How many points each rule has cut; the first that applies counts. */
  get cuts(): readonly Cut[] {
    return this.#selection.cuts;
  }

  /** How many points were left out because they were there already. */
  get duplicates(): number {
    return this.#selection.duplicates;
  }

  /** Whether all of the spaces were looked at; if not, `cuts` and `duplicates` are of a part. */
  get isComplete(): boolean {
    return this.#selection.isComplete;
  }

  /** All commands that its spaces name. */
  get commands(): ReadonlySet<string> {
    return new Set(this.#spaces.flatMap(({ only }) => only ?? []));
  }

  /** All parameters that its points have, or some of them. */
  get names(): ReadonlySet<string> {
    return new Set(this.#spaces.flatMap(({ names }) => [...names]));
  }

  id(index: number): string {
    return this.#selection.id(this.#place(index));
  }

  /** -1 if it is not in the plan. */
  indexOf(id: string): number {
    const range = { from: this.#from, to: this.#from + this.size };
    const index = this.#selection.indexOf(id, range) - this.#from;
    return index >= 0 && index < this.size ? index : -1;
  }

  /** Number of the space it comes from. */
  spaceOf(index: number): number {
    return this.#selection.at(this.#place(index)).space;
  }

  point(index: number): Point {
    const { space, position } = this.#at(index);
    return space.point(position);
  }

  task(index: number): Task {
    const { space, position } = this.#at(index);
    const point = space.point(position);
    const only = this.#onlyOf(index);
    return { index, point, folder: this.#folderOf(space, position, point), ...(only && { only }) };
  }

  /** A number for each of the upper `depth` variables; tasks have the same at a level exactly if they share its value. */
  path(index: number, depth: number): readonly number[] {
    const { space, position } = this.#at(index);
    return this.#paths.of(space, position, depth);
  }

  *[Symbol.iterator](): Iterator<Task> {
    for (let index = 0; index < this.size; index++) yield this.task(index);
  }

  /** For a dry run, with so many of the first and last tasks. */
  describe({ first = 3, last = 1 }: { readonly first?: number; readonly last?: number } = {}): PlanSummary {
    const { size, dimensions, cuts, duplicates, isComplete } = this;
    const firstEnd = Math.min(first, size);
    const lastStart = Math.max(firstEnd, size - last);
    const tasks = (from: number, to: number): readonly Task[] =>
      Array.from({ length: to - from }, (_, i) => this.task(from + i));
    return {
      size,
      spaces: dimensions,
      cuts,
      duplicates,
      isComplete,
      first: tasks(0, firstEnd),
      last: tasks(lastStart, size),
    };
  }

  #at(index: number): { readonly space: Space; readonly position: number } {
    const { space, position } = this.#selection.at(this.#place(index));
    return { space: this.#spaces[space] as Space, position };
  }

  /** What any of its spaces wants to be run; all where one of them does not say. */
  #onlyOf(index: number): readonly string[] | undefined {
    const lists = this.#selection.spacesOf(this.#place(index)).map((space) => this.#spaces[space]?.only);
    return lists.some((only) => only === undefined) ? undefined : [...new Set(lists.flatMap((only) => only ?? []))];
  }

  #place(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.size) return this.#from + index;
    throw new RangeError(`The plan has ${this.size} tasks, and none with the index ${index}.`);
  }
}

function inFoldersOf(home: Space, form: 'nested' | 'flat'): (space: Space, position: number, point: Point) => string {
  const folders = new Folders(home, form);
  return (space, position, { id }) => folders.of(space.chosen(position), id);
}

/** Names that somebody has thought of himself may be of two tasks. */
function refuseShared(plan: Plan): void {
  const seen = new Set<string>();
  for (const { folder, point } of plan) {
    if (typeof folder !== 'string' || folder === '') {
      throw new OptionError(`"folders" has to name a folder for each point, and gives ${JSON.stringify(folder)}.`);
    }
    if (seen.has(folder)) {
      throw new OptionError(
        `"folders" gives two tasks the same folder, ${JSON.stringify(folder)}, the second time for ${JSON.stringify(point.params)}.`,
      );
    }
    seen.add(folder);
  }
}

function specsOf(spec: SpaceSpec | UnionSpec): readonly SpaceSpec[] {
  if (!isRecord(spec) || !('spaces' in spec)) return [spec as SpaceSpec];
  checkOptions(spec, { spaces: isArray });
  return spec.spaces as UnionSpec['spaces'];
}
