import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { remotePlace } from '../../backend/remote-place.js';
import { TOKEN_VARIABLE, userTokenPath } from '../../link/token.js';
import { tmpSshServer } from '../../ssh/tmp-ssh-server.js';
import { hasFlock } from '../gpu/flock.js';
import { listed } from '../gpu/gpu.js';
import { findGpus } from '../gpu/inventory.js';
import { Ledger } from '../ledger/ledger.js';
import { isOverSsh, type SshHost, sshHostFrom } from '../run/ssh-host.js';

/** What was looked at, and what to do about it. */
export interface Finding {
  readonly what: string;
  /** `none`: it is not there, and nothing is wrong with that. */
  readonly state: 'works' | 'none' | 'wrong';
  readonly says: string;
}

export interface DoctorOptions {
  /** Addresses of servers. */
  readonly servers: readonly string[];
  /** Hosts on which a server is started over ssh: as for `ssh`, or `ssh://host/folder`. */
  readonly sshHosts: readonly string[];
  readonly output: string;
  /** Loads the sweep file; gives what there is to say of it, and `undefined` where there is none. */
  readonly checkFile: () => Promise<string | undefined>;
}

const CONNECT_MS = 10_000;
const NODE_MIN = [20, 19] as const;

/** Tries everything that a sweep needs, one after the other. What it starts over ssh it ends; nothing else is changed. */
export async function* findings({ servers, sshHosts, output, checkFile }: DoctorOptions): AsyncGenerator<Finding> {
  yield ofNode(process.versions.node);
  yield await tried(
    'sweep file',
    async () => (await checkFile()) ?? none('There is none here: pyw-sweep init makes one.'),
  );
  yield await tried('output folder', async () => ofOutput(resolve(output)));
  yield await tried('GPUs', ofGpus);
  yield await tried('token', async () => ofToken());
  for (const server of servers) yield await tried(`server ${server}`, () => ofServer(server));
  for (const host of sshHosts) yield await tried(`ssh ${host}`, () => ofSshHost(host));
}

class None {
  readonly says: string;

  constructor(says: string) {
    this.says = says;
  }
}

function none(says: string): None {
  return new None(says);
}

async function tried(what: string, look: () => Promise<string | None>): Promise<Finding> {
  try {
    const says = await look();
    return says instanceof None ? { what, state: 'none', says: says.says } : { what, state: 'works', says };
  } catch (error) {
    return { what, state: 'wrong', says: error instanceof Error ? error.message : String(error) };
  }
}

/** Exported for versions that do not run here. */
export function ofNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  const says = `${version} on ${process.platform} ${process.arch}`;
  if (isNewEnough) return { what: 'Node', state: 'works', says };
  return {
    what: 'Node',
    state: 'wrong',
    says: `${says}; at least ${NODE_MIN.join('.')} is needed. Install a later one.`,
  };
}

function ofOutput(output: string): string {
  const { isThere, drivers, records } = Ledger.peek(output);
  const existing = nearestExisting(output);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    throw new Error(`${existing} cannot be written. Ask its owner, or name another folder with -o.`);
  }
  if (!isThere) return `${output} can be made`;
  const alive = drivers.find(({ isAlive }) => isAlive);
  const { done, failed } = records.counts;
  const held = alive ? `; process ${alive.pid} on ${alive.host} is at work there` : '';
  return `${output} has ${done} done and ${failed} failed tasks${held}`;
}

function nearestExisting(path: string): string {
  let at = path;
  while (!existsSync(at)) at = dirname(at);
  return at;
}

async function ofGpus(): Promise<string | None> {
  const gpus = await findGpus();
  if (gpus.length === 0) return none('There is none that this process may use: no nvidia-smi or rocm-smi shows one.');
  const locking = (await hasFlock())
    ? ''
    : '; there is no flock, so sweeps keep each other off by files with their owners: the same has to hold for all of this machine';
  return `${listed(gpus)}${locking}`;
}

function ofToken(): string | None {
  if (process.env[TOKEN_VARIABLE]) return `from ${TOKEN_VARIABLE} in the environment`;
  const path = userTokenPath();
  return existsSync(path) ? path : none(`There is none so far; it is made when a server is first used: ${path}`);
}

async function ofServer(host: string): Promise<string> {
  if (!process.env[TOKEN_VARIABLE] && !existsSync(userTokenPath())) {
    throw new Error(
      `There is no token to prove oneself with. Copy that of the server (pyw-server token, there) to ${userTokenPath()}, or set ${TOKEN_VARIABLE}.`,
    );
  }
  const from = performance.now();
  const link = await remotePlace({ host, connectTimeoutMs: CONNECT_MS }, undefined).connect();
  link.end();
  return `answers, and knows the token (${Math.round(performance.now() - from)} ms)`;
}

async function ofSshHost(host: string): Promise<string> {
  const { destination, cwd }: SshHost = (isOverSsh(host) ? sshHostFrom(host) : undefined) ?? { destination: host };
  const from = performance.now();
  const server = await tmpSshServer(destination, { cwd, connectTimeoutMs: CONNECT_MS });
  await server.terminate();
  return `a server can be started there (${Math.round(performance.now() - from)} ms)`;
}
