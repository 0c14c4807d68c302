import { Dealer } from '#internal/sweep/batch/dealer.js';
import type { DealerOptions } from '#internal/sweep/batch/dealer-options.js';
import { Random } from '../support/random.js';

/** Workers in a time of their own. */
export interface Simulation extends DealerOptions {
  /** By worker; 0.1 is ten times slower. */
  readonly speeds: readonly number[];
  /** How long a task takes at speed 1: 1. */
  readonly taskMs?: (index: number) => number;
  /** By level, at any speed. */
  readonly loadMs?: readonly number[];
  /** Tasks fail and workers leave and come back: one in so many. */
  readonly mishapOnceIn?: number;
  readonly seed?: number;
  readonly onEnd?: (dealer: Dealer, nowMs: number) => void;
}

export interface Simulated {
  readonly dealer: Dealer;
  /** By worker: the tasks it was given, in order. */
  readonly given: readonly number[][];
  /** By level: how often a value was loaded. */
  readonly loads: number[];
  /** By task: how often it ended well. */
  readonly ended: Uint8Array;
  endMs: number;
}

interface Running {
  readonly worker: number;
  readonly index: number;
  readonly endMs: number;
  readonly taskMs: number;
  readonly loadMs: readonly (number | undefined)[];
}

export function simulate(simulation: Simulation): Simulated {
  return new Simulator(simulation).run();
}

class Simulator {
  readonly #setup: Simulation;
  readonly #random: Random;
  readonly #result: Simulated;
  readonly #held: (number | undefined)[][];
  #running: Running[] = [];
  #nowMs = 0;

  constructor(setup: Simulation) {
    const { speeds, taskMs, loadMs, mishapOnceIn, seed, onEnd, ...options } = setup;
    this.#setup = setup;
    this.#random = new Random(seed ?? 1);
    this.#held = speeds.map(() => []);
    this.#result = {
      dealer: new Dealer({ workers: speeds.length, ...options }),
      given: speeds.map(() => []),
      loads: Array.from({ length: setup.depth }, () => 0),
      ended: new Uint8Array(setup.size),
      endMs: 0,
    };
  }

  run(): Simulated {
    const { dealer } = this.#result;
    for (;;) {
      this.#letAllAsk();
      const first = this.#running.reduce<Running | undefined>((a, b) => (a && a.endMs <= b.endMs ? a : b), undefined);
      if (!first) {
        if (dealer.left > 0) throw new Error(`${dealer.left} tasks are left, all workers are idle, and none gets one.`);
        return this.#result;
      }
      this.#running = this.#running.filter((each) => each !== first);
      this.#nowMs = first.endMs;
      this.#end(first);
    }
  }

  #letAllAsk(): void {
    for (const worker of this.#setup.speeds.keys()) {
      if (this.#running.some((each) => each.worker === worker)) continue;
      const index = this.#result.dealer.next(String(worker));
      if (index !== undefined) this.#begin(worker, index);
    }
  }

  #begin(worker: number, index: number): void {
    const { path, depth, loads, taskMs = () => 1, loadMs = [] } = this.#setup;
    const held = this.#held[worker] ?? [];
    const took = path(index)
      .slice(0, depth)
      .map((value, level) => {
        if (!loads[level] || held[level] === value) return undefined;
        this.#result.loads[level] = (this.#result.loads[level] ?? 0) + 1;
        return loadMs[level] ?? 0;
      });
    this.#held[worker] = [...path(index)];
    const ms = taskMs(index) / (this.#setup.speeds[worker] ?? 1);
    const endMs = this.#nowMs + ms + took.reduce<number>((sum, each) => sum + (each ?? 0), 0);
    this.#result.given[worker]?.push(index);
    this.#running.push({ worker, index, endMs, taskMs: ms, loadMs: took });
  }

  #end({ worker, index, taskMs, loadMs }: Running): void {
    const { dealer, ended } = this.#result;
    const { mishapOnceIn } = this.#setup;
    if (mishapOnceIn && this.#random.isOnceIn(mishapOnceIn)) {
      const leaves = this.#random.isOnceIn(2);
      const isFirst = this.#random.isOnceIn(2);
      if (leaves && isFirst) dealer.leave(String(worker));
      dealer.giveBack(index, { front: this.#random.isOnceIn(2) });
      if (leaves && !isFirst) dealer.leave(String(worker));
      if (leaves) this.#held[worker] = [];
      if (leaves && this.#random.isOnceIn(2)) dealer.join(String(worker));
      return;
    }
    dealer.ended(index, { worker: String(worker), taskMs, loadMs });
    ended[index] = (ended[index] ?? 0) + 1;
    this.#result.endMs = this.#nowMs;
    this.#setup.onEnd?.(dealer, this.#nowMs);
  }
}
