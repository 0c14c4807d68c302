import { cut, padded, widthOf } from '../results/text-width.js';
import type { WorkerStatus } from '../run/worker-status.js';
import { clock, megabytes, short } from './amounts.js';
import { cleanText } from './clean-text.js';
import type { Line, Piece } from './line.js';

export interface WorkerLinesOptions {
  readonly columns: number;
  /** At most so many. */
  readonly lines: number;
  readonly now: number;
}

/** Of a worker: a figure, and how wide its column is. */
interface Figure {
  readonly title: string;
  readonly width: number;
  readonly of: (worker: WorkerStatus, now: number) => string;
}

const NAME_MAX = 14;
const TASK_MIN = 16;
const PLACE_MAX = 20;

const time: Figure = { title: 'time', width: 9, of: ({ since }, now) => clock(now - since) };
const figures: readonly Figure[] = [
  { title: 'cpu', width: 6, of: ({ cpuPercent }) => (cpuPercent === undefined ? '' : `${Math.round(cpuPercent)}%`) },
  { title: 'memory', width: 8, of: ({ memoryMb }) => (memoryMb === undefined ? '' : megabytes(memoryMb)) },
  {
    title: 'gpu',
    width: 6,
    of: ({ gpuUse }) => (gpuUse?.utilization === undefined ? '' : `${Math.round(gpuUse.utilization)}%`),
  },
  { title: 'gpu memory', width: 14, of: ({ gpuUse }) => gpuMemory(gpuUse) },
];

/**
 * A line for each worker, as far as there is room: then those that wait for something and those at work for longest.
 * Names of tasks come last, so that lines are no longer than need be: what a terminal that becomes narrower breaks, and
 * scrolls away, cannot be taken back.
 */
export function workerLines(workers: readonly WorkerStatus[], { columns, lines, now }: WorkerLinesOptions): Line[] {
  if (workers.length === 0 || lines < 1) return [];
  const hasTitles = lines >= 4;
  const room = hasTitles ? lines - 1 : lines;
  const shown = workers.length <= room ? workers : mostTelling(workers, room - 1);
  const nameWidth = Math.min(NAME_MAX, Math.max(6, ...shown.map(({ name }) => name.length))) + 1;
  const columnsOfFigures = figuresFor(workers, columns - nameWidth - TASK_MIN - 2);
  const rows = shown.map((worker) => rowOf(worker, { nameWidth, shown: columnsOfFigures, now }));
  if (hasTitles) rows.unshift(titles(nameWidth, columnsOfFigures));
  if (shown.length < workers.length) rows.push([{ text: summaryOf(workers, shown), style: 'dim' }]);
  return rows;
}

/** Those that there is room for, and of GPUs only where some are used. */
function figuresFor(workers: readonly WorkerStatus[], room: number): Figure[] {
  const hasGpus = workers.some(({ gpuUse }) => gpuUse !== undefined);
  let left = room;
  return [time, ...placeFigure(workers), ...figures].filter(({ title, width }) => {
    if (title.startsWith('gpu') && !hasGpus) return false;
    left -= width;
    return left >= 0;
  });
}

/** On which machine, where there are several, and with which GPUs, where there are any. */
function placeFigure(workers: readonly WorkerStatus[]): Figure[] {
  const isOneHost = new Set(workers.map(({ host }) => host)).size < 2;
  const of = ({ host, gpus }: WorkerStatus): string => {
    const gpu = gpus.length > 0 ? [`gpu ${gpus.join(',')}`] : [];
    const room = PLACE_MAX - 1 - widthOf(gpu.join());
    return cut([...(isOneHost ? [] : [cut(cleanText(host), Math.max(8, room))]), ...gpu].join(' '), PLACE_MAX);
  };
  const widest = Math.max(0, ...workers.map((worker) => widthOf(of(worker))));
  return widest === 0 ? [] : [{ title: 'on', width: widest + 2, of }];
}

function titles(nameWidth: number, shown: readonly Figure[]): Line {
  const cells = shown.map(({ title, width }) => padded(title, { width, isRight: true }));
  return [{ text: `${padded('worker', { width: nameWidth, isRight: false })}${cells.join('')}  task`, style: 'dim' }];
}

function rowOf(
  worker: WorkerStatus,
  { nameWidth, shown, now }: { readonly nameWidth: number; readonly shown: readonly Figure[]; readonly now: number },
): Line {
  const name = padded(cut(worker.name, nameWidth - 1), { width: nameWidth, isRight: false });
  const cells = shown.map(({ of, width }) => padded(of(worker, now), { width, isRight: true }));
  return [{ text: `${name}${cells.join('')}  ` }, { text: activityOf(worker), ...styleOf(worker) }];
}

function activityOf({ state, folder, loading, reason, attempt = 1, isLeaving }: WorkerStatus): string {
  const leaves = isLeaving ? 'last one: ' : '';
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  switch (state) {
    case 'running':
      return `${leaves}${cleanText(folder ?? '')}${again}`;
    case 'loading':
      return `${leaves}loads ${cleanText(loading ?? '')} for ${cleanText(folder ?? '')}`;
    case 'starting':
      return 'starts';
    case 'ending':
      return 'ends';
    case 'waiting':
      return `waits: ${cleanText(reason ?? '')}`;
    default:
      return state satisfies never;
  }
}

function styleOf({ state }: WorkerStatus): Pick<Piece, 'style'> {
  switch (state) {
    case 'running':
      return {};
    case 'loading':
      return { style: 'cyan' };
    case 'waiting':
      return { style: 'yellow' };
    default:
      return { style: 'dim' };
  }
}

/** In the order in which they are: a line that jumps cannot be read. */
function mostTelling(workers: readonly WorkerStatus[], count: number): WorkerStatus[] {
  const rank = ({ state, folder }: WorkerStatus): number => (state === 'waiting' ? 0 : folder === undefined ? 2 : 1);
  const chosen = [...workers]
    .sort((one, other) => rank(one) - rank(other) || one.since - other.since)
    .slice(0, Math.max(0, count));
  const names = new Set(chosen.map(({ name }) => name));
  return workers.filter(({ name }) => names.has(name));
}

/** `… 12 more: 10 running, 2 waiting` */
function summaryOf(workers: readonly WorkerStatus[], shown: readonly WorkerStatus[]): string {
  const isShown = new Set(shown.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const { name, state } of workers) if (!isShown.has(name)) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${count} ${state}`);
  return `… ${workers.length - shown.length} more: ${parts.join(', ')}`;
}

function gpuMemory(use: WorkerStatus['gpuUse']): string {
  if (use?.usedMb === undefined) return '';
  const used = short(use.usedMb / 1024);
  return use.totalMb === undefined ? `${used} GB` : `${used} of ${Math.round(use.totalMb / 1024)} GB`;
}
