import { createHash, createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConnectError } from '../base/errors.js';
import type { Hop } from './host-settings.js';
import type { HostKeyPolicy } from './options.js';

const SSH_PORT = 22;

interface KnownKey {
  readonly isRevoked: boolean;
  readonly type: string;
  readonly key: string;
}

/** The keys that a host is known by, as OpenSSH's files have them. */
export class KnownHosts {
  readonly #hop: Hop;
  readonly #policy: HostKeyPolicy;
  readonly #keys: readonly KnownKey[];

  constructor(hop: Hop, policy: HostKeyPolicy | undefined) {
    this.#hop = hop;
    this.#policy = policy ?? (hop.acceptsNew ? 'accept-new' : 'strict');
    this.#keys = hop.knownHosts.flatMap(linesOf).flatMap((line) => keysFor(nameOf(hop), line));
  }

  /** Types of keys to ask the host for first: it is known by these. */
  get types(): readonly string[] {
    return [...new Set(this.#keys.map(({ type }) => type))];
  }

  /** Returns why the key is not to be trusted. A new host's key is written down if that is allowed. */
  judge(key: Buffer): ConnectError | undefined {
    const offered = { type: typeOf(key), key: key.toString('base64') };
    const same = this.#keys.filter((known) => known.key === offered.key);
    if (same.some(({ isRevoked }) => isRevoked)) return this.#distrust(key, 'it is revoked');
    if (this.#policy.startsWith('SHA256:')) {
      return fingerprintOf(key) === this.#policy ? undefined : this.#distrust(key, `it should have ${this.#policy}`);
    }
    if (same.length > 0) return undefined;
    if (this.#keys.some(({ isRevoked }) => !isRevoked)) {
      return this.#distrust(
        key,
        `it is known by another one (${this.#hop.knownHosts[0]}): was the host set up anew, or is somebody in between?`,
      );
    }
    if (this.#policy === 'accept-new') return void this.#add(offered);
    return this.#distrust(
      key,
      "it is not known: connect with ssh once, or allow hostKey: 'accept-new', or name this fingerprint as hostKey",
    );
  }

  #distrust(key: Buffer, why: string): ConnectError {
    return new ConnectError(
      `The key of ${this.#hop.name} is not trusted (${fingerprintOf(key)}): ${why}.`,
      'ERR_CONNECT_HOST_KEY',
    );
  }

  #add({ type, key }: { type: string; key: string }): void {
    const [file] = this.#hop.knownHosts;
    if (file === undefined) return;
    const name = this.#hop.hashesNames ? hashed(nameOf(this.#hop), randomBytes(20)) : nameOf(this.#hop);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const before = linesOf(file).at(-1);
    appendFileSync(file, `${before ? '\n' : ''}${name} ${type} ${key}\n`, { mode: 0o600 });
  }
}

/** The fingerprint as ssh prints it. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

function nameOf({ alias, host, port }: Hop): string {
  if (alias !== undefined) return alias;
  return port === SSH_PORT ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // a file that is not there knows nobody
  }
}

/** `[@marker] names type key [comment]`. Certificate authorities are passed over: hosts' certificates are not supported. */
function keysFor(name: string, line: string): KnownKey[] {
  const fields = line.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [names, type, key] = fields;
  if (!names || names.startsWith('#') || !type || !key || marker === '@cert-authority') return [];
  return isNamed(name, names) ? [{ type, key, isRevoked: marker === '@revoked' }] : [];
}

function isNamed(name: string, names: string): boolean {
  if (names.startsWith('|1|')) {
    const salt = names.split('|')[2] ?? '';
    return names === hashed(name, Buffer.from(salt, 'base64'));
  }
  const patterns = names.toLowerCase().split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matches(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => matches(name, pattern));
}

function matches(name: string, pattern: string): boolean {
  const source = pattern.replaceAll(/[^*?]/g, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
  return new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'u').test(name);
}

function hashed(name: string, salt: Buffer): string {
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}
