import type { ChildHost } from '../backend/child-host.js';
import { after, settlesWithin } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { type Exit, LinkError } from '../base/errors.js';
import { Lane } from '../link/lane.js';
import type { Log } from '../link/log.js';
import { LaneNumber, type LinkOrder, type RefusalCode, type RemoteStart } from '../protocol/link.js';
import { checkOrder } from './check-order.js';
import type { Contexts } from './contexts.js';
import { relay, type ServerLink, startChild } from './relay.js';

const FAREWELL_MS = 5000; // for the caller to read to the end and close
const ORPHAN_MS = 1000; // the host ends by itself when its caller is gone; if not, it is ended

/** What a session asks of the server it belongs to. */
export interface SessionPlace {
  readonly root: string;
  readonly contexts: Contexts;
  readonly log: Log;
  /** Why no more workers are taken, if so. */
  refusal(): { readonly code: RefusalCode; readonly message: string } | undefined;
  /** The caller has said what it wants: this connection is not free any more. */
  taken(session: Session): void;
  endContext(id: string): void;
  /** The process that this connection came from is alive. */
  pulse(from: Session): void;
}

/**
 * One caller's connection: a host that is relayed, or a context that is kept. Values pass through unopened. When the
 * caller is gone, so is what it has started here.
 */
export class Session {
  readonly #link: ServerLink;
  readonly #place: SessionPlace;
  readonly #lane = new Lane(LaneNumber.channel);
  readonly #ended = new Deferred<void>();
  #child: ChildHost | undefined;
  #childExit: Promise<Exit> | undefined;
  #isDraining = false;
  #isPulse = false;
  readonly caller: string | undefined;
  /** The context that this session keeps, or that its worker was made from. */
  #keeps: string | undefined;
  madeFrom: string | undefined;

  constructor(link: ServerLink, caller: string | undefined, place: SessionPlace) {
    this.#link = link;
    this.caller = caller;
    this.#place = place;
    void link.attach(this.#lane, LaneNumber.channel);
    link.listen({ onMessage: (order) => this.#take(order) });
    void this.#follow();
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Its caller has given a sign of life elsewhere. */
  touch(): void {
    this.#link.touch();
  }

  get isWorker(): boolean {
    return this.#child !== undefined;
  }

  /** Asks the worker to stop, and after `graceMs` ends it. */
  async terminate(graceMs: number): Promise<void> {
    if (!this.#childExit) {
      this.#link.end();
      return;
    }
    if (!this.#isDraining) {
      this.#isDraining = true;
      this.#link.send({ type: 'draining' });
      this.#child?.tell({ type: 'terminate' });
    }
    if (!(await settlesWithin(this.#childExit, graceMs))) this.#child?.kill();
    await this.ended;
  }

  /** At once, and without a word. */
  kill(): void {
    this.#child?.kill();
    this.#link.fail(new LinkError('The server was stopped.', 'ERR_LINK_CLOSED'));
  }

  #take(order: LinkOrder): void {
    checkOrder(order);
    switch (order.type) {
      case 'start':
        return this.#start(order.start);
      case 'context':
        return this.#keep(order.id);
      case 'control':
        if (order.control.type === 'stack') return void this.#tellStack();
        return this.#child?.tell(order.control);
      case 'kill':
        return this.#child?.kill();
      case 'pulse':
        return this.#pulse();
      default: // what a later version of the protocol adds
    }
  }

  #pulse(): void {
    if (!this.#isPulse)
      this.#place.log({ level: 'info', event: 'pulse', message: 'a caller keeps its connections alive' });
    this.#isPulse = true;
    this.#place.pulse(this);
  }

  #start(start: RemoteStart): void {
    const { contexts } = this.#place;
    if (this.#child || this.#keeps !== undefined) return this.#broken('a second start');
    const refusal = this.#place.refusal();
    if (refusal) return this.#refuse(refusal.code, refusal.message);
    const kept = start.context === undefined ? [] : contexts.get(start.context);
    if (!kept) {
      return this.#refuse(
        'unknown-context',
        `There is no context "${start.context}" on this server: it was never made, or is closed.`,
      );
    }
    this.madeFrom = start.context;
    this.#place.taken(this);
    try {
      const child = startChild(start, {
        root: this.#place.root,
        onRecalled: (recalled) => this.#link.send({ ...recalled, type: 'recalled' }),
      });
      void this.#relay(child, kept);
    } catch (error) {
      this.#refuse('start-failed', `The server could not start a process: ${(error as Error).message}`);
    }
  }

  /** The exit is told last, when everything else is on its way. */
  async #relay(child: ChildHost, first: readonly Buffer[]): Promise<void> {
    this.#child = child;
    this.#childExit = child.exit();
    const { code, signal, error } = await relay(this.#link, this.#lane, child, first);
    if (error) return this.#refuse('start-failed', `The server could not start a process: ${(error as Error).message}`);
    this.#link.send({ type: 'exit', code, signal });
    this.#farewell();
  }

  #keep(id: string): void {
    const { contexts } = this.#place;
    if (this.#child || this.#keeps !== undefined) return this.#broken('a second start');
    const refusal = this.#place.refusal();
    if (refusal?.code === 'closing') return this.#refuse(refusal.code, refusal.message);
    if (contexts.has(id))
      return this.#refuse('duplicate-context', `There is a context "${id}" on this server already.`);
    this.#keeps = id;
    contexts.reserve(id);
    this.#place.taken(this);
    const chunks: Buffer[] = [];
    this.#lane.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
    this.#lane.once('end', () => {
      if (contexts.keep(id, chunks)) this.#link.send({ type: 'kept' });
      else this.#refuse('start-failed', 'The server has no room for this context.');
    });
  }

  async #tellStack(): Promise<void> {
    this.#link.send({ type: 'stack', stack: (await this.#child?.stack()) ?? '' });
  }

  #refuse(code: RefusalCode, message: string): void {
    this.#place.log({ level: 'warn', event: 'refused', code, message });
    this.#link.send({ type: 'refused', code, message });
    this.#farewell();
  }

  #broken(what: string): void {
    this.#link.fail(new LinkError(`The caller does not keep to the protocol: ${what}.`, 'ERR_LINK_PROTOCOL'));
  }

  /** The caller reads to the end, then closes. */
  #farewell(): void {
    this.#link.end();
    const timer = after(
      FAREWELL_MS,
      () => this.#link.fail(new LinkError('The caller did not close.', 'ERR_LINK_SILENT')),
      { ref: false },
    );
    void this.#link.ended.then(() => timer.cancel());
  }

  async #follow(): Promise<void> {
    await this.#link.ended;
    if (this.#keeps !== undefined) {
      this.#place.contexts.drop(this.#keeps);
      this.#place.endContext(this.#keeps);
    }
    if (this.#childExit) await this.#endOrphan(this.#childExit);
    this.#ended.resolve();
  }

  async #endOrphan(exit: Promise<Exit>): Promise<void> {
    this.#child?.tell({ type: 'terminate' });
    if (!(await settlesWithin(exit, ORPHAN_MS))) this.#child?.kill();
    await exit;
  }
}
