import { OptionError } from '../base/errors.js';
import { addressOf, type HostAddress } from '../link/address.js';
import { dial, tcpRoute } from '../link/dial.js';
import { helloOf } from '../link/hello.js';
import { type TokenSource, tokenFrom } from '../link/token.js';
import type { LinkOrder, LinkReport } from '../protocol/link.js';
import { callerId, keepPulse } from './pulse.js';
import type { CallerLink, RemotePlace } from './remote.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Something that leads to a server: one started over ssh, one that dials in. */
export interface ServerRoute {
  /** A fresh connection, greeted, for one worker. @internal */
  connect(options: { readonly timeoutMs: number; readonly heartbeatMs?: number | undefined }): Promise<CallerLink>;
}

/** Options of remote workers that say where they run. */
export interface RemoteOptions extends TokenSource {
  /** `'host'`, `'host:port'`, `['host', port]`, or what leads to a server. Default: `PYW_HOST`, else `127.0.0.1:60006`. */
  readonly host?: HostAddress | ServerRoute | undefined;
  /** How long connecting may take, each step of it. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** After so long a silence the other side counts as gone. Default 60,000. */
  readonly heartbeatMs?: number | undefined;
  /** The folder on this side that the server's `--root` stands for. Default: that of the target's package.json. */
  readonly root?: string | undefined;
}

export function isServerRoute(host: unknown): host is ServerRoute {
  return typeof host === 'object' && host !== null && 'connect' in host && typeof host.connect === 'function';
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
  const address = addressOf(host as HostAddress | undefined);
  const token = tokenFrom(options);
  return {
    root,
    context,
    async connect() {
      const hello = helloOf('caller', heartbeatMs, callerId);
      const link = await dial<LinkOrder, LinkReport>(tcpRoute(address), { token, role: 'server', hello, timeoutMs });
      void link.ended.then(keepPulse({ address, token, heartbeatMs }));
      return link;
    },
  };
}
