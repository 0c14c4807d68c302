import type { WorkerState } from './worker-status.js';

/** What a worker does while it has no task, and since when. */
export class Activity {
  #now: { readonly state: WorkerState; readonly reason?: string; readonly since: number } = {
    state: 'starting',
    since: Date.now(),
  };

  get now(): { readonly state: WorkerState; readonly reason?: string; readonly since: number } {
    return this.#now;
  }

  become(state: WorkerState): void {
    if (this.#now.state !== state) this.#now = { state, since: Date.now() };
  }

  /** Another reason is still the same waiting. */
  wait(reason: string): void {
    const since = this.#now.state === 'waiting' ? this.#now.since : Date.now();
    this.#now = { state: 'waiting', reason, since };
  }
}
