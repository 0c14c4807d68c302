import type { Duplex } from 'node:stream';
import { ConnectError } from '../base/errors.js';
import { type Hop, wayTo } from './host-settings.js';
import { KnownHosts } from './known-hosts.js';
import type { SshLogin } from './options.js';
import { proofsFor } from './proofs.js';
import { Client, type ClientChannel, type SshClient } from './ssh2.js';

const LOST_AFTER_PINGS = 3;

/** The algorithms that prove a key of a type. */
const algorithmsOf: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};
const hostKeyAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

export interface SshTimes {
  readonly connectTimeoutMs: number;
  readonly heartbeatMs: number;
}

/** A connection to an ssh host, over as many others as its configuration asks for. */
export class SshConnection {
  readonly #clients: readonly SshClient[];
  /** Resolves when it is gone, by whoever's doing. */
  readonly ended: Promise<unknown>;

  private constructor(clients: readonly SshClient[]) {
    this.#clients = clients;
    const last = clients.at(-1) as SshClient;
    this.ended = new Promise<void>((gone) => last.once('close', () => gone())); // not once(), which an error would reject
  }

  /** Rejects with a `ConnectError` that says what to do. */
  static async open(destination: string, login: SshLogin, times: SshTimes): Promise<SshConnection> {
    const way = await wayTo(destination, login);
    const clients: SshClient[] = [];
    try {
      for (const [i, hop] of way.entries()) {
        const isLast = i === way.length - 1;
        const through = await clients.at(-1);
        const socket = through && (await forward(through, hop));
        clients.push(await connected(hop, isLast ? login : loginOnTheWay(login), times, socket));
      }
    } catch (error) {
      for (const client of clients.reverse()) client.destroy();
      throw error;
    }
    return new SshConnection(clients);
  }

  /** Starts a command; its standard streams are the channel. What `take` does is done before anything more is heard. */
  run<T>(command: string, take: (channel: ClientChannel) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#last.exec(command, (error, channel) => (error ? reject(error) : resolve(take(channel))));
    });
  }

  /** A stream to a port as the far host sees it. */
  async reach(host: string, port: number): Promise<Duplex> {
    return await forward(this.#last, { name: `${host}:${port}`, host, port });
  }

  close(): void {
    for (const client of [...this.#clients].reverse()) client.end();
  }

  destroy(): void {
    for (const client of this.#clients) client.destroy();
  }

  get #last(): SshClient {
    return this.#clients.at(-1) as SshClient;
  }
}

/** A password is for the host that was asked for, and so is its fingerprint. */
function loginOnTheWay({ passphrase, hostKey }: SshLogin): SshLogin {
  return { passphrase, hostKey: hostKey?.startsWith('SHA256:') ? undefined : hostKey };
}

function forward(client: SshClient, { name, host, port }: Pick<Hop, 'name' | 'host' | 'port'>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (!error) return resolve(channel);
      const message = `The ssh server does not lead on to ${name} (${error.message}): does it allow AllowTcpForwarding?`;
      reject(new ConnectError(message, 'ERR_CONNECT_UNREACHABLE', { cause: error }));
    });
  });
}

async function connected(hop: Hop, login: SshLogin, times: SshTimes, sock: Duplex | undefined): Promise<SshClient> {
  const known = new KnownHosts(hop, login.hostKey);
  const proofs = await proofsFor(hop, login);
  const client = new Client();
  let distrust: ConnectError | undefined;
  return await new Promise((resolve, reject) => {
    client.once('ready', () => {
      client.on('error', () => {}).off('error', fail); // from now on: `close` follows
      resolve(client);
    });
    const fail = (cause: Error & { level?: string }): void => {
      if (cause.level === 'agent') return; // there are other ways in
      client.on('error', () => {});
      client.destroy();
      reject(distrust ?? problemWith(hop, cause, proofs.names));
    };
    client.on('error', fail);
    client.once('close', () => fail(new Error('it closed the connection')));
    client.connect({
      ...(sock ? { sock } : { host: hop.host, port: hop.port }),
      username: hop.user,
      authHandler: proofs.methods,
      readyTimeout: times.connectTimeoutMs,
      keepaliveInterval: times.heartbeatMs / (LOST_AFTER_PINGS + 1),
      keepaliveCountMax: LOST_AFTER_PINGS,
      algorithms: { serverHostKey: knownFirst(known.types) as never },
      hostVerifier: (key: Buffer) => {
        distrust = known.judge(key);
        return distrust === undefined;
      },
    });
  });
}

function knownFirst(types: readonly string[]): string[] {
  const known = types
    .flatMap((type) => algorithmsOf[type] ?? [type])
    .filter((name) => hostKeyAlgorithms.includes(name));
  return [...new Set([...known, ...hostKeyAlgorithms])];
}

function problemWith(
  hop: Hop,
  cause: Error & { level?: string; code?: string },
  proofs: readonly string[],
): ConnectError {
  const where = `${hop.user}@${hop.host}:${hop.port}`;
  if (cause.level === 'client-authentication') {
    const tried =
      proofs.length > 0 ? `it was offered ${proofs.join(', ')}` : 'there is no agent, no key and no password to offer';
    return new ConnectError(`${where} does not let this user in: ${tried}.`, 'ERR_CONNECT_LOGIN', { cause });
  }
  if (cause.code === 'ECONNREFUSED') {
    return new ConnectError(
      `No ssh server listens on ${hop.host}:${hop.port}. Start one there, or name the port it has: ${hop.host}:PORT.`,
      'ERR_CONNECT_REFUSED',
      { cause },
    );
  }
  return new ConnectError(
    `${where} cannot be reached over ssh (${cause.message}): check name, port and network.`,
    'ERR_CONNECT_UNREACHABLE',
    { cause },
  );
}
