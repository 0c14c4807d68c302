import { after } from '../base/deadline.js';

const BEATS = 4; // within the time after which one counts as gone

export interface Pulse {
  /** Milliseconds on a clock that only goes forward, when something last came from the other side. */
  readonly heardAt: number;
  readonly sentAt: number;
  beat(): void;
  /** Nothing has come for too long. */
  giveUp(): void;
}

/**
 * Says now and then that this side is there, and notices when the other one is not. A check that comes late proves that
 * this thread was busy, not that the other side is gone: what has come meanwhile is read first.
 */
export class Heartbeat {
  readonly #boundMs: number;
  readonly #everyMs: number;
  readonly #pulse: Pulse;
  #timer: { cancel(): void } | undefined;
  #expectedAt = 0;
  #forgivenUntil = 0;

  /** `ownMs`, `peerMs`: how long each side waits in vain before it gives the other one up. */
  constructor({ ownMs, peerMs }: { ownMs: number; peerMs: number }, pulse: Pulse) {
    this.#boundMs = ownMs;
    this.#everyMs = Math.min(ownMs, peerMs) / BEATS;
    this.#pulse = pulse;
    this.#await();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #await(): void {
    this.#expectedAt = performance.now() + this.#everyMs;
    this.#timer = after(this.#everyMs, () => this.#check(), { ref: false });
  }

  #check(): void {
    const now = performance.now();
    if (now - this.#expectedAt > this.#everyMs) this.#forgivenUntil = now + this.#everyMs;
    if (now - this.#pulse.heardAt > this.#boundMs && now > this.#forgivenUntil) return this.#pulse.giveUp();
    if (now - this.#pulse.sentAt >= this.#everyMs / 2) this.#pulse.beat();
    this.#await();
  }
}
