import { type Loaded, mostStuck, next } from '#internal/pool/dispatch.js';
import { Load } from '#internal/pool/load.js';

/** A worker that is a few numbers: it takes its calls in their order, and each as long as it says divided by its speed. */
interface SimulatedWorker extends Loaded {
  readonly speed: number;
  readonly line: number[];
  /** When it is through with the call it is at. */
  freeAt: number;
  /** It does nothing for a while. */
  readonly stalls?: { readonly from: number; readonly to: number };
}

export interface SimulatedPool {
  readonly speeds: readonly number[];
  readonly durations: readonly number[];
  readonly stalls?: Readonly<Record<number, { readonly from: number; readonly to: number }>>;
  /** The driver does not know how many inputs there are. */
  readonly isEndless?: boolean;
  /** A message takes so long. */
  readonly delayMs?: number;
}

/** Works off calls with the very decisions that a pool takes, in no time; returns when each of them would have ended. */
export function simulate({
  speeds,
  durations,
  stalls = {},
  isEndless,
  delayMs = 0.05,
}: SimulatedPool): readonly number[] {
  const workers = speeds.map((speed, i): SimulatedWorker => {
    return {
      speed,
      line: [],
      freeAt: 0,
      load: new Load({ prefetch: 'auto' }),
      ...(stalls[i] && { stalls: stalls[i] }),
    };
  });
  const inputs = [...durations];
  let now = 0;
  const ends: number[] = [];
  while (ends.length < durations.length) {
    feed(workers, inputs, now, isEndless ? undefined : () => inputs.length);
    relieve(workers, inputs, now);
    const soonest = workers.filter(({ line }) => line.length > 0).reduce((a, b) => (endOf(a) <= endOf(b) ? a : b));
    const wakeAt = inputs.length === 0 && workers.some(({ line }) => line.length === 0) ? waitOf(workers) : undefined;
    if (wakeAt !== undefined && wakeAt > now && wakeAt < endOf(soonest)) {
      now = wakeAt;
      continue;
    }
    now = endOf(soonest);
    const ranMs = (soonest.line.shift() as number) / soonest.speed;
    soonest.load.inFlight -= 1;
    soonest.load.answered(1, ranMs, now);
    soonest.freeAt = now + (soonest.line.length > 0 ? 0 : delayMs);
    ends.push(now);
  }
  return ends;
}

function feed(workers: readonly SimulatedWorker[], inputs: number[], now: number, backlog?: () => number): void {
  let candidates = workers;
  while (inputs.length > 0) {
    const decision = next(candidates, now, backlog?.());
    if (!decision) return;
    if (decision.type === 'rest') {
      candidates = candidates.filter((each) => each !== decision.worker);
      continue;
    }
    const { worker, count } = decision;
    for (const durationMs of inputs.splice(0, count)) {
      worker.load.give(now);
      if (worker.line.length === 0) worker.freeAt = Math.max(worker.freeAt, now);
      worker.line.push(durationMs);
    }
  }
}

/** Takes back what waits behind a long call while somebody idles. */
function relieve(workers: readonly SimulatedWorker[], inputs: number[], now: number): void {
  if (inputs.length > 0 || !workers.some(({ load }) => load.inFlight === 0)) return;
  const stuck = mostStuck(workers);
  if (!stuck || (stuck.load.waitingSince as number) > now) return;
  stuck.load.relieve();
  const taken = stuck.line.splice(1);
  stuck.load.inFlight -= taken.length;
  inputs.unshift(...taken);
  feed(workers, inputs, now, () => inputs.length);
}

function waitOf(workers: readonly SimulatedWorker[]): number | undefined {
  return mostStuck(workers)?.load.waitingSince;
}

function endOf({ line, freeAt, speed, stalls }: SimulatedWorker): number {
  const end = freeAt + (line[0] as number) / speed;
  return stalls && end > stalls.from && freeAt < stalls.to ? end + stalls.to - Math.max(freeAt, stalls.from) : end;
}
