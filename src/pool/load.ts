const AHEAD_MS = 4;
const DEPTH_MAX = 512;
const DEPTH_UNKNOWN = 1; // nothing is to wait behind a call that may take hours
const SHORTEST_MS = 1e-3;
const LATENCY_MAX_MS = 100; // more is not the way there and back, but a caller that was busy
const LATE = 4;
const NEWEST = 0.2; // what the newest figure counts

/** What a worker has to do and how fast it has been so far: all that is needed to decide what it gets. Knows no clock. */
export class Load {
  inFlight = 0;
  readonly #prefetch: 'auto' | number;
  readonly #weight: number;
  /** How long its calls take, and how long they and their answers are on their way. */
  #runMs: number | undefined;
  #latencyMs = 0;
  /** It had nothing to do until `#silentSince`. */
  #wasIdle = true;
  /** Since when it has neither answered nor begun something new. */
  #silentSince = 0;
  /** What waited behind a long call was taken back: nothing more is put there until that one has ended. */
  #isRelieved = false;

  constructor({ prefetch, weight = 1 }: { readonly prefetch: 'auto' | number; readonly weight?: number }) {
    this.#prefetch = prefetch;
    this.#weight = weight;
  }

  /** How long it takes for one more call, as it seems; it counts as `weight` times as fast. */
  get meanMs(): number | undefined {
    if (this.#runMs === undefined) return undefined;
    return (this.#runMs + this.#latencyMs / this.depth) / this.#weight;
  }

  /** How many calls it may have: some milliseconds of work, so that it never waits for the next one, and few wait for it. */
  get depth(): number {
    if (this.#isRelieved) return 1;
    if (this.#prefetch !== 'auto') return this.#prefetch;
    if (this.#runMs === undefined) return DEPTH_UNKNOWN;
    return Math.min(DEPTH_MAX, 1 + Math.floor((AHEAD_MS + this.#latencyMs) / Math.max(this.#runMs, SHORTEST_MS)));
  }

  /** For how many more there is room. None until half of what it had is done: few large messages cost less than many small ones. */
  get room(): number {
    const { depth } = this;
    return 2 * this.inFlight > depth ? 0 : depth - this.inFlight;
  }

  /** How long until it needs something new, as it seems. */
  get aheadMs(): number {
    return this.inFlight === 0 ? 0 : this.inFlight * (this.meanMs ?? Number.POSITIVE_INFINITY);
  }

  /** Since when calls wait behind one that takes longer than all of them were expected to; nothing where none do. */
  get waitingSince(): number | undefined {
    if (this.inFlight <= 1 || this.#isRelieved) return undefined;
    return this.#silentSince + AHEAD_MS + 2 * this.#latencyMs;
  }

  /** How long it has had nothing to do. */
  idleForMs(now: number): number {
    return this.inFlight > 0 ? 0 : now - this.#silentSince;
  }

  /** It is at a call that takes much longer than those before. */
  isLate(now: number): boolean {
    return this.inFlight > 0 && now - this.#silentSince > LATE * Math.max(this.#runMs ?? 0, AHEAD_MS);
  }

  give(now: number): void {
    if (this.inFlight === 0) {
      this.#silentSince = now;
      this.#wasIdle = true;
    }
    this.inFlight += 1;
  }

  /** So many calls were answered, all at once, which took so long where they ran. */
  answered(count: number, ranMs: number, now: number): void {
    this.#runMs = blended(this.#runMs, ranMs / count, Math.min(1, NEWEST * count));
    const onTheWayMs = Math.min(LATENCY_MAX_MS, Math.max(0, now - this.#silentSince - ranMs));
    if (this.#wasIdle) this.#latencyMs = blended(this.#latencyMs, onTheWayMs, NEWEST);
    this.#wasIdle = false;
    this.#silentSince = now;
    this.#isRelieved = false;
  }

  /** What waits is being taken back. */
  relieve(): void {
    this.#isRelieved = true;
  }

  /** Another worker is to take its place. */
  forget(): void {
    this.inFlight = 0;
    this.#runMs = undefined;
    this.#latencyMs = 0;
    this.#isRelieved = false;
  }
}

function blended(old: number | undefined, newest: number, share: number): number {
  return old === undefined ? newest : old + (newest - old) * share;
}
