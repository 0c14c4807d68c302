import type { ProcessRef } from '../../base/process-tree.js';
import type { GpuDesk } from './gpu-desk.js';
import { type GpuEnvOptions, gpuEnv } from './gpu-env.js';
import { LEASE_VARIABLE } from './lease-record.js';
import type { GpuSlot } from './slot.js';

/** The right to use the GPUs of a slot, until it is released or this process ends. */
export class Lease implements AsyncDisposable {
  readonly id: string;
  readonly slot: GpuSlot;
  readonly #desks: readonly GpuDesk[];
  readonly #marks: string;
  readonly #onRelease: () => void;
  #isReleased = false;

  constructor(slot: GpuSlot, parts: { id: string; marks: string; desks: readonly GpuDesk[]; onRelease: () => void }) {
    this.id = parts.id;
    this.slot = slot;
    this.#desks = parts.desks;
    this.#marks = parts.marks;
    this.#onRelease = parts.onRelease;
  }

  /**
   * What the worker's environment needs; `undefined` is to be taken out of it. Apart from the GPUs it has a mark in it by which
   * all of the worker's processes are found later: without it, one that leaves the worker's session could be missed.
   */
  env(options: GpuEnvOptions = {}): Record<string, string | undefined> {
    const mark = this.slot.parts.length === 0 ? {} : { [LEASE_VARIABLE]: this.#marks };
    return { ...gpuEnv(this.slot, options), ...mark };
  }

  /** Says who works with it, as soon as there is such a process. It is on disk when this returns. */
  usedBy(leader: ProcessRef): void {
    for (const desk of this.#desks) desk.usedBy(this.id, leader);
  }

  /**
   * Gives the GPUs back. Whoever has them next, in this sweep or in another, is let in when the processes of this one are gone
   * and their memory is free again; that is not waited for here. Twice is fine.
   */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    for (const desk of this.#desks) desk.end(this.id);
    this.#onRelease();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
