import type { TaskEnd, TaskStatus } from '../../task/record.js';
import type { Params, Value } from '../../task/value.js';
import type { Task } from '../point.js';
import { freeName } from './naming.js';
import { type Column, type ColumnKind, type Row, type TableData, typeOfColumn } from './table-data.js';

/** A task of the plan, with how its last attempt ended. */
export interface SweepEntry {
  readonly task: Task;
  /** Not there as long as no attempt has ended. */
  readonly end?: TaskEnd;
}

/** A column that tells how a task was run. It is called `task.` and its name. */
export type MetaName =
  | 'id'
  | 'title'
  | 'folder'
  | 'status'
  | 'class'
  | 'error'
  | 'attempt'
  | 'ms'
  | 'waitedMs'
  | 'startedAt'
  | 'endedAt'
  | 'worker'
  | 'host'
  | 'gpus'
  | 'peakMemoryMb'
  | 'cpuMs';

export interface TableOptions {
  /** Which tasks become rows, by how they ended. Default: those that are `done`. */
  readonly include?: readonly TaskStatus[];
  /** More columns. Default: none. */
  readonly meta?: readonly MetaName[];
}

const metaOf: Readonly<Record<MetaName, (entry: SweepEntry) => Value>> = {
  id: ({ task }: SweepEntry): Value => task.point.id,
  title: ({ task }: SweepEntry): Value => task.point.title,
  folder: ({ task }: SweepEntry): Value => task.folder,
  status: ({ end }: SweepEntry): Value => end?.status ?? null,
  class: ({ end }: SweepEntry): Value => end?.class ?? null,
  error: ({ end }: SweepEntry): Value => (end?.error ? `${end.error.name}: ${end.error.message}` : null),
  attempt: ({ end }: SweepEntry): Value => end?.attempt ?? null,
  ms: ({ end }: SweepEntry): Value => (end ? end.endedAt - end.startedAt : null),
  waitedMs: ({ end }: SweepEntry): Value => end?.waitedMs ?? null,
  startedAt: ({ end }: SweepEntry): Value => end?.startedAt ?? null,
  endedAt: ({ end }: SweepEntry): Value => end?.endedAt ?? null,
  worker: ({ end }: SweepEntry): Value => end?.worker ?? null,
  host: ({ end }: SweepEntry): Value => end?.host ?? null,
  gpus: ({ end }: SweepEntry): Value => end?.gpus.join(',') ?? null,
  peakMemoryMb: ({ end }: SweepEntry): Value => end?.peakMemoryMb ?? null,
  cpuMs: ({ end }: SweepEntry): Value => end?.cpuMs ?? null,
};

export const metaNames = Object.keys(metaOf) as readonly MetaName[]; // of the object above, and of nothing else

/** One column to be: what it is called in the table, and where its values are. */
interface Source {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly read: (entry: SweepEntry) => Value;
}

/**
 * The table of a sweep, in the order of the plan. Parameters keep their names. A result that is called like a parameter
 * becomes `result.NAME`, a metric that is called like one of either `metric.NAME`.
 */
export function tableOf(entries: readonly SweepEntry[], { include = ['done'], meta = [] }: TableOptions): TableData {
  const taken = new Set<string>();
  const sources = [
    ...sourcesOf('parameter', entries, { taken, paramsOf: ({ task }) => task.point.params }),
    ...sourcesOf('result', entries, { taken, paramsOf: ({ end }) => end?.result }),
    ...sourcesOf('metric', entries, { taken, paramsOf: ({ end }) => end?.metrics }),
    ...meta.map((name): Source => {
      return { name: freeName(`task.${name}`, { prefix: 'meta', taken }), kind: 'meta', read: metaOf[name] };
    }),
  ];
  const rows = entries.filter(({ end }) => end && include.includes(end.status)).map((entry) => rowOf(entry, sources));
  const columns = sources.map(({ name, kind }): Column => ({ name, kind, type: typeOfColumn(name, rows) }));
  return { columns, rows };
}

function sourcesOf(
  kind: 'parameter' | 'result' | 'metric',
  entries: readonly SweepEntry[],
  { taken, paramsOf }: { taken: Set<string>; paramsOf: (entry: SweepEntry) => Params | undefined },
): Source[] {
  const keys = new Set<string>();
  for (const entry of entries) for (const key of Object.keys(paramsOf(entry) ?? {})) keys.add(key);
  return [...keys].map((key) => ({
    name: freeName(key, { prefix: kind, taken }),
    kind,
    read: (entry) => ownValue(paramsOf(entry), key),
  }));
}

/** Own properties only: a variable may be called `constructor`. */
function ownValue(params: Params | undefined, key: string): Value {
  return params && Object.hasOwn(params, key) ? (params[key] ?? null) : null;
}

/** `fromEntries` defines properties: one called `__proto__` is one like any other. */
function rowOf(entry: SweepEntry, sources: readonly Source[]): Row {
  return Object.freeze(Object.fromEntries(sources.map(({ name, read }) => [name, read(entry)])));
}
