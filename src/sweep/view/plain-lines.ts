import type { Estimate } from '../batch/estimate.js';
import type { SweepEvents } from '../run/sweep-events.js';
import type { Counters } from '../run/tally.js';
import type { WorkerStatus } from '../run/worker-status.js';
import { clock, clockRange, rate } from './amounts.js';
import { cleanText } from './clean-text.js';
import { lastErrorLine } from './failure-groups.js';
import { type Listened, listen } from './listen.js';
import { resumedLine } from './resumed-line.js';

export interface PlainLinesOptions {
  /** 1: a line every 30 s, and each failure; 2: every second; 3: each event too. */
  readonly verbose: 1 | 2 | 3;
  /** How it is, at this moment. */
  now(): PlainState;
  write(line: string): void;
}

export interface PlainState {
  readonly counters: Counters | undefined;
  readonly remaining: Estimate | undefined;
  readonly workers: readonly WorkerStatus[];
}

const EVERY_MS = { 1: 30_000, 2: 1000, 3: 30_000 } as const;

/** Tells in plain lines how far a sweep is. Returns how to end it: with a last line. */
export function tellInLines(sweep: Listened, { verbose, now, write }: PlainLinesOptions): () => void {
  const from = performance.now();
  const tell = (): void => write(lineOf(now(), performance.now() - from));
  const timer = setInterval(tell, EVERY_MS[verbose]).unref();
  let hasBegun = false;
  const begin = (): void => {
    if (!hasBegun) tell();
    hasBegun = true;
  };
  const undo = [
    listen(sweep, { waiting: begin, started: begin }),
    listen(sweep, always(write)),
    ...(verbose === 3 ? [listen(sweep, eachEvent(write))] : []),
  ];
  return () => {
    clearInterval(timer);
    for (const each of undo) each();
    if (hasBegun || now().counters?.total) tell(); // else it was not even known what there is to do
  };
}

function always(write: (line: string) => void): Partial<SweepEvents> {
  return {
    resumed: (known) => write(resumedLine(known)),
    note: (text) => write(cleanText(text)),
    halted: (reason) => write(`no further task is begun: ${cleanText(reason)}`),
    ended: ({ folder }, end) => {
      if (end.status === 'failed')
        write(`FAILED ${cleanText(folder)} (${end.class ?? 'error'}): ${lastErrorLine(end)}`);
    },
  };
}

function eachEvent(write: (line: string) => void): Partial<SweepEvents> {
  return {
    worker: (name) => write(`${name} has started`),
    waiting: (worker, reason) => write(`${worker} waits: ${cleanText(reason)}`),
    started: ({ folder }, worker, attempt) => write(`started ${cleanText(folder)} on ${worker}, attempt ${attempt}`),
    retried: ({ folder }, end) => write(`to be tried again ${cleanText(folder)}: ${lastErrorLine(end)}`),
    reopened: ({ folder }) => write(`to be done once more ${cleanText(folder)}`),
    ended: ({ folder }, { status }) => {
      if (status !== 'failed') write(`${status} ${cleanText(folder)}`);
    },
  };
}

function lineOf({ counters, remaining, workers }: PlainState, goneMs: number): string {
  if (!counters) return `nothing begun, ${clock(goneMs)} gone`;
  const { total, skipped, active, done, failures, stopped, cancelled, finished } = counters;
  const parts = [`${skipped + done} of ${total} done`, `${active} running`];
  if (failures > 0) parts.push(`${failures} failed`);
  if (stopped > 0) parts.push(`${stopped} stopped early`);
  if (cancelled > 0) parts.push(`${cancelled} cancelled`);
  const times = [rate(finished, goneMs), `${clock(goneMs)} gone`];
  if (remaining && skipped + finished < total) times.push(`${clockRange(remaining.minMs, remaining.maxMs)} left`);
  const waits = active === 0 ? workers.find(({ state }) => state === 'waiting') : undefined;
  return `${parts.join(', ')}; ${times.join(', ')}${waits ? `; ${waits.name} waits: ${cleanText(waits.reason ?? '')}` : ''}`;
}
