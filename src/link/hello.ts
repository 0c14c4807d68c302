import { randomUUID } from 'node:crypto';
import { LinkError } from '../base/errors.js';
import { type Hello, PROTOCOL_VERSIONS, type Role, WINDOW_BYTES } from '../protocol/link.js';

export const HEARTBEAT_MS = 60_000;
const HEARTBEAT_MS_MIN = 50;
const HEARTBEAT_MS_MAX = 24 * 3_600_000;
const WINDOW_BYTES_MAX = 64 * 1024 * 1024;

export function helloOf(role: Role, heartbeatMs = HEARTBEAT_MS, caller?: string): Hello {
  return {
    caller,
    protocol: PROTOCOL_VERSIONS,
    role,
    session: randomUUID(),
    epoch: 0,
    features: [],
    limits: { windowBytes: WINDOW_BYTES },
    heartbeatMs,
  };
}

/** Reads the other side's hello, which may be anything. Throws `LinkError`. */
export function readHello(payload: Buffer, own: Hello): Hello {
  const hello = parsed(payload);
  if (!isHello(hello)) throw new LinkError('The other side does not introduce itself properly.', 'ERR_LINK_PROTOCOL');
  const [first, last] = hello.protocol;
  if (first > own.protocol[1] || last < own.protocol[0]) {
    throw new LinkError(
      `The ${hello.role} speaks version ${spoken(hello)} of the protocol, this ${own.role} version ${spoken(own)}: install the same release of pyworkers on both.`,
      'ERR_LINK_VERSION',
    );
  }
  if (hello.role === own.role) throw new LinkError(`Both sides are a ${own.role}.`, 'ERR_LINK_PROTOCOL');
  return hello;
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isHello(value: unknown): value is Hello {
  const hello = value as Partial<Hello> | null | undefined;
  return (
    typeof hello === 'object' &&
    hello !== null &&
    Array.isArray(hello.protocol) &&
    hello.protocol.length === 2 &&
    hello.protocol.every((version) => Number.isSafeInteger(version)) &&
    (hello.role === 'caller' || hello.role === 'server') &&
    (hello.caller === undefined || typeof hello.caller === 'string') &&
    isBetween(hello.heartbeatMs, HEARTBEAT_MS_MIN, HEARTBEAT_MS_MAX) &&
    isBetween(hello.limits?.windowBytes, 1, WINDOW_BYTES_MAX)
  );
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function spoken({ protocol: [first, last] }: Hello): string {
  return first === last ? `${first}` : `${first} to ${last}`;
}
