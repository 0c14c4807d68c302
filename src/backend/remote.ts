import { after } from '../base/deadline.js';
import { Deferred } from '../base/deferred.js';
import { ConnectError, type Exit, LinkError } from '../base/errors.js';
import { Channel } from '../channel/channel.js';
import { StreamCarrier } from '../channel/stream.js';
import { Lane } from '../link/lane.js';
import type { Link } from '../link/link.js';
import type { Control } from '../protocol/control.js';
import { LaneNumber, type LinkOrder, type LinkReport, type RefusalCode, type RemoteStart } from '../protocol/link.js';
import type { Order, Report, UrgentOrder } from '../protocol/messages.js';
import { depthBelow } from '../target/importing.js';
import { relativeToRoot } from '../target/root.js';
import type { TargetRef } from '../target/target-ref.js';
import type { Backend, HostOptions, RunningHost } from './backend.js';
import { remoteOutput } from './remote-output.js';

const END_MS = 5000; // a server that has told the end of a host closes the connection soon
const STACK_MS = 3000;

/** A connection to a server, as a caller has it. */
export type CallerLink = Link<LinkOrder, LinkReport>;

/** Where a remote host is to run. */
export interface RemotePlace {
  /** A fresh connection for one host. */
  connect(): Promise<CallerLink>;
  /** Where modules are looked up on this side. */
  readonly root: string | undefined;
  /** The context on the server that has the target and its arguments. */
  readonly context: string | undefined;
}

export const remoteBackend: Backend = {
  kind: 'remote',
  isIsolated: true,
  start: (options) => new RemoteHost(options, options.place as RemotePlace),
};

class RemoteHost implements RunningHost {
  readonly channel: Channel<Order, Report>;
  readonly #place: RemotePlace;
  readonly #lane = new Lane(LaneNumber.channel);
  readonly #output: readonly Lane[];
  readonly #exited = new Deferred<Exit>();
  readonly #options: HostOptions;
  /** What is to be said as soon as there is somebody to say it to. */
  readonly #unsaid: LinkOrder[] = [];
  #link: CallerLink | undefined;
  #isKilled = false;
  #stackWanted: Deferred<string> | undefined;

  constructor(options: HostOptions, place: RemotePlace) {
    this.#place = place;
    this.#options = options;
    this.channel = new Channel(new StreamCarrier(this.#lane, this.#lane));
    this.#output = remoteOutput(options);
    this.#say({ type: 'start', start: startOf(options, place) });
    void this.#run();
  }

  urge(order: UrgentOrder): void {
    this.#tell(order);
  }

  interrupt(id?: number): void {
    this.#tell({ type: 'interrupt', id });
  }

  kill(): void {
    this.#isKilled = true;
    if (this.#link) this.#say({ type: 'kill' });
    else this.#finish({ code: null, signal: null });
  }

  /** Resolves when the server has told the end of the host, or is gone itself. */
  exit(): Promise<Exit> {
    return this.#exited.promise;
  }

  outputTaken(): void {} // lanes have a back-pressure of their own

  async stack(): Promise<string> {
    this.#stackWanted ??= new Deferred();
    const { promise } = this.#stackWanted;
    this.#tell({ type: 'stack' });
    const timer = after(STACK_MS, () => this.#stackWanted?.resolve(''));
    try {
      return await Promise.race([promise, this.#exited.promise.then(() => '')]);
    } finally {
      timer.cancel();
      this.#stackWanted = undefined;
    }
  }

  placed(ref: TargetRef): TargetRef {
    return relativeToRoot(ref, this.#place.root);
  }

  async #run(): Promise<void> {
    try {
      const link = await this.#place.connect();
      if (this.#isKilled) return link.end();
      this.#link = link;
      link.listen({ onMessage: (report) => this.#take(report) });
      for (const order of this.#unsaid.splice(0)) link.send(order);
      void link.attach(this.#lane, LaneNumber.channel);
      this.#output.forEach((lane, i) => void link.attach(lane, i + LaneNumber.stdout));
      this.#finish({ code: null, signal: null, error: await link.ended });
    } catch (error) {
      this.#finish({ code: null, signal: null, error });
    }
  }

  #take(report: LinkReport): void {
    switch (report.type) {
      case 'refused':
        return this.#finish({ code: null, signal: null, error: refusal(report) });
      case 'stack':
        return this.#stackWanted?.resolve(report.stack);
      case 'draining':
        return this.#options.onDraining();
      case 'recalled':
        return this.#options.onRecalled(report);
      case 'exit':
        return void this.#concludeExit({ code: report.code, signal: report.signal });
      default: // what a later version of the protocol adds
    }
  }

  /** All output was sent before; it may still be on its way through the lanes. */
  async #concludeExit(exit: Exit): Promise<void> {
    await Promise.all(this.#output.map((lane) => lane.closed || new Promise((resolve) => lane.once('close', resolve))));
    this.#finish(exit);
  }

  #finish(exit: Exit): void {
    this.#exited.resolve(exit);
    const link = this.#link;
    link?.end();
    const timer = after(
      END_MS,
      () => link?.fail(new LinkError('The connection was not closed in time.', 'ERR_LINK_SILENT')),
      { ref: false },
    );
    void link?.ended.then(() => timer.cancel());
    for (const lane of [this.#lane, ...this.#output]) lane.destroy();
  }

  #tell(control: Control): void {
    this.#say({ type: 'control', control });
  }

  #say(order: LinkOrder): void {
    if (this.#link) this.#link.send(order);
    else this.#unsaid.push(order);
  }
}

function startOf(
  { name, env = {}, execArgv, resourceLimits, cwd, stdio }: HostOptions,
  { context }: RemotePlace,
): RemoteStart {
  return {
    name,
    depth: depthBelow(),
    env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value ?? null])),
    cwd,
    execArgv,
    resourceLimits,
    isOutputWanted: stdio !== 'ignore',
    context,
  };
}

const refusals: Readonly<Record<RefusalCode, ConnectError['code']>> = {
  busy: 'ERR_CONNECT_BUSY',
  closing: 'ERR_CONNECT_BUSY',
  'unknown-context': 'ERR_CONNECT_CONTEXT',
  'duplicate-context': 'ERR_CONNECT_CONTEXT',
  'start-failed': 'ERR_CONNECT_START',
};

export function refusal({ code, message }: Extract<LinkReport, { type: 'refused' }>): ConnectError {
  return new ConnectError(message, refusals[code] ?? 'ERR_CONNECT_START');
}
