import { Deferred } from '../base/deferred.js';
import { OptionError } from '../base/errors.js';
import { packAlone } from '../channel/channel.js';
import { Lane } from '../link/lane.js';
import { LaneNumber, type LinkReport } from '../protocol/link.js';
import { checkTarget, refer } from '../target/refer.js';
import { relativeToRoot } from '../target/root.js';
import type { Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import { type CallerLink, type RemotePlace, refusal } from './remote.js';
import { type RemoteOptions, remotePlace } from './remote-place.js';

export interface RemoteContextOptions extends RemoteOptions {
  /** Kept on the server: a worker's own arguments take the place of the first of them. */
  readonly args?: readonly unknown[];
}

/** The same function where arguments may be left out, since the context has them. */
export type WithDefaults<F extends AnyFunction> = (...args: Partial<Parameters<F>>) => ReturnType<F>;

/** Names a context that a server keeps, whoever made it. A remote worker takes it in place of a target. */
export class RemoteContextRef<F extends AnyFunction = AnyFunction> {
  readonly id: string;
  /** Only a type: what the function takes and gives. */
  declare readonly signature?: F;
  readonly #options: RemoteOptions;

  constructor(id: string, options: RemoteOptions = {}) {
    if (typeof id !== 'string' || id === '') throw new OptionError('The id of a context is a non-empty string.');
    this.id = id;
    this.#options = options;
  }

  /** Where workers made from it run. @internal */
  get place(): RemotePlace {
    return remotePlace(this.#options, this.id);
  }
}

/**
 * A target with its arguments, sent to a server once and held there for many workers: they start without sending them
 * again. Closing it ends them.
 */
export class RemoteContext<F extends AnyFunction = AnyFunction> extends RemoteContextRef<WithDefaults<F>> {
  readonly #ready = new Deferred<void>();
  readonly #ended = new Deferred<void>();
  readonly #lane = new Lane(LaneNumber.channel);
  #link: CallerLink | undefined;
  #isClosed = false;

  constructor(id: string, target: Target<F>, { args = [], ...options }: RemoteContextOptions = {}) {
    super(id, options);
    checkTarget(target);
    void this.#keep(super.place, target, args);
  }

  /** Resolves when the server keeps it; rejects with a `ConnectError` if it does not, or with what is wrong with target or arguments. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Workers that are made from it wait until the server keeps it. @internal */
  override get place(): RemotePlace {
    const { connect, ...place } = super.place;
    return { ...place, connect: () => this.ready.then(connect) };
  }

  /** Until it is closed, or its server is gone. */
  isAlive(): boolean {
    return !this.#isClosed;
  }

  /** Ends the workers that were made from it, and resolves when the server has forgotten it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#ready.promise.catch(() => {});
    this.#link?.end();
    await this.#ended.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #keep(place: RemotePlace, target: Target, args: readonly unknown[]): Promise<void> {
    try {
      const ref = relativeToRoot(await refer(target), place.root);
      const packed = packAlone({ type: 'context', target: ref, payload: args }, 'args');
      const link = await place.connect();
      this.#link = link;
      link.listen({ onMessage: (report) => this.#take(report) });
      link.send({ type: 'context', id: this.id });
      await link.attach(this.#lane, LaneNumber.channel);
      this.#lane.end(packed);
      this.#ready.reject(await link.ended);
    } catch (error) {
      this.#ready.reject(error);
    }
    this.#isClosed = true;
    this.#ended.resolve();
  }

  #take(report: LinkReport): void {
    if (report.type === 'kept') this.#ready.resolve();
    if (report.type === 'refused') this.#ready.reject(refusal(report));
  }
}
