import { OptionError } from '../base/errors.js';
import { Turns } from '../base/turns.js';
import {
  type Address,
  addressOf,
  addressText,
  type HostAddress,
  hostOfEnvironment,
  listenAddress,
} from '../link/address.js';
import { dial, tcpRoute } from '../link/dial.js';
import { helloOf } from '../link/hello.js';
import { type TokenSource, tokenFrom } from '../link/token.js';
import type { LinkOrder, LinkReport } from '../protocol/link.js';
import { callerId, keepPulse } from './pulse.js';
import type { CallerLink, RemotePlace } from './remote.js';
import { isServerRoute, type ServerRoute } from './server-route.js';
import { WorkerListener } from './worker-listener.js';

const CONNECT_TIMEOUT_MS = 10_000;
const DIALLING_AT_ONCE = 32;

/** Options of remote workers that say where they run. */
export interface RemoteOptions extends TokenSource {
  /**
   * `'host'`, `'host:port'`, `['host', port]`, or what leads to a server; `'listen:port'` waits for servers that dial in.
   * Default: `PYW_HOST`, else `127.0.0.1:60006`.
   */
  readonly host?: HostAddress | ServerRoute | undefined;
  /** How long connecting may take, each step of it. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** After so long a silence the other side counts as gone. Default 60,000. */
  readonly heartbeatMs?: number | undefined;
  /** The folder on this side that the server's `--root` stands for. Default: that of the target's package.json. */
  readonly root?: string | undefined;
}

/** Checks address and token at once: what is wrong with them is wrong before anything starts. */
export function remotePlace(options: RemoteOptions, context: string | undefined): RemotePlace {
  const { host, connectTimeoutMs: timeoutMs = CONNECT_TIMEOUT_MS, heartbeatMs, root } = options;
  if (isServerRoute(host)) return { root, context, connect: () => host.connect({ timeoutMs, heartbeatMs }) };
  if (typeof host === 'object' && !Array.isArray(host)) {
    throw new OptionError(
      'The option "host" takes an address, or what leads to a server (tmpSshServer(), WorkerListener).',
    );
  }
  const given = (host as HostAddress | undefined) ?? hostOfEnvironment();
  const token = tokenFrom(options);
  const listen = listenAddress(given);
  if (listen) return { root, context, connect: () => dialledIn(listen, token, timeoutMs) };
  const address = addressOf(given);
  const turn = turnsAt(address);
  return {
    root,
    context,
    async connect() {
      const hello = helloOf('caller', heartbeatMs, callerId);
      const options = { token, role: 'server', hello, timeoutMs } as const;
      const link = await turn.run(() => dial<LinkOrder, LinkReport>(tcpRoute(address), options));
      void link.ended.then(keepPulse({ address, token, heartbeatMs }));
      return link;
    },
  };
}

const turns = new Map<string, Turns>();

/** A server has only so much room for those who have not yet proven who they are. */
function turnsAt(address: Address): Turns {
  const key = addressText(address);
  const found = turns.get(key) ?? new Turns(DIALLING_AT_ONCE);
  turns.set(key, found);
  return found;
}

const listeners = new Map<string, Promise<WorkerListener>>();

/** Listens from the first worker on that wants it, for as long as this process is there. */
async function dialledIn(address: Address, token: string, timeoutMs: number): Promise<CallerLink> {
  const key = `${addressText(address)} ${token}`;
  const listener = listeners.get(key) ?? WorkerListener.open({ ...address, token });
  listeners.set(key, listener);
  return await (await listener).connect({ timeoutMs });
}
