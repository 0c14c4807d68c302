import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterLooking, type Timer } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { TokenError } from '../base/errors.js';

/**
 * A stream from whoever started this process, which tells when they are gone: it ends, or, once they have begun to say
 * line by line that they are there, it falls silent.
 */
export class Lifeline {
  readonly #gone = new Deferred<void>();
  readonly #token = new Deferred<string>();
  readonly #silenceMs: number;
  #isTokenAwaited: boolean;
  #silence: Timer | undefined;

  constructor(input: Readable, options: { silenceMs: number; bringsToken: boolean }) {
    this.#silenceMs = options.silenceMs;
    this.#isTokenAwaited = options.bringsToken;
    createInterface({ input })
      .on('line', (line) => this.#take(line))
      .once('close', () => this.#end());
  }

  /** Resolves when nobody holds the other end any more. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** The first line, if it brings one. */
  get token(): Promise<string> {
    return this.#token.promise;
  }

  #take(line: string): void {
    if (this.#isTokenAwaited) {
      this.#isTokenAwaited = false;
      return this.#token.resolve(line.trim());
    }
    this.#silence?.cancel();
    this.#silence = afterLooking(this.#silenceMs, () => this.#end());
  }

  #end(): void {
    this.#silence?.cancel();
    this.#token.reject(new TokenError('Standard input ended before it brought a token.'));
    this.#gone.resolve();
  }
}
