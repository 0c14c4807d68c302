import type { Control } from './control.js';
import type { Recalled, ResourceLimits } from './messages.js';

/*
 * The conversation between a caller and a server on another host, one connection for each worker. Whoever dialled, the
 * caller is the one who says `start`. A frame is a header and a payload, and `docs/protocol.md` says what each holds.
 */

/** The versions of this conversation that are spoken here: the first and the last. */
export const PROTOCOL_VERSIONS: readonly [first: number, last: number] = [1, 1];

export const HEADER_BYTES = 16;
export const CHUNK_BYTES_MAX = 64 * 1024;
export const WINDOW_BYTES = 2 * 1024 * 1024;

/** The first byte of a header. */
export const FrameKind = {
  hello: 1,
  message: 2,
  data: 3,
  end: 4,
  credit: 5,
  ping: 6,
  /** For versions to come: surviving a broken connection, shipping code. */
  resume: 7,
  blob: 8,
} as const;

/** The second byte: who does not know this kind of frame may pass over it. */
export const MAY_BE_IGNORED = 1;

/** Byte streams beside each other in one connection, each with a credit of its own. */
export const LaneNumber = { channel: 0, stdout: 1, stderr: 2 } as const;

export type Role = 'caller' | 'server';

/** The first frame in either direction. */
export interface Hello {
  readonly protocol: readonly [first: number, last: number];
  readonly role: Role;
  /** Names the connection in logs. */
  readonly session: string;
  readonly epoch: number;
  readonly features: readonly string[];
  readonly limits: { readonly windowBytes: number };
  /** Names the caller's process, whose connections live and die together. */
  readonly caller?: string | undefined;
  /** Who hears nothing for so long takes the other side for gone. */
  readonly heartbeatMs: number;
}

/** What a host on the server is started with. */
export interface RemoteStart {
  readonly name: string;
  readonly depth: number;
  readonly env: Readonly<Record<string, string | null>>;
  readonly cwd?: string | undefined;
  readonly execArgv?: readonly string[] | undefined;
  readonly resourceLimits?: ResourceLimits | undefined;
  readonly isOutputWanted: boolean;
  /** A context of the server's, which has target and arguments. */
  readonly context?: string | undefined;
}

/** From caller to server. */
export type LinkOrder =
  /** The process that `caller` names is alive, although its main thread may be too busy to say so on each connection. */
  | { readonly type: 'pulse' }
  | { readonly type: 'start'; readonly start: RemoteStart }
  /** Keeps what comes on the channel's lane, up to its end, for the workers that name this context. */
  | { readonly type: 'context'; readonly id: string }
  | { readonly type: 'control'; readonly control: Control }
  | { readonly type: 'kill' };

/** Why a server does not do what it was asked. */
export type RefusalCode = 'busy' | 'closing' | 'unknown-context' | 'duplicate-context' | 'start-failed';

/** From server to caller. */
export type LinkReport =
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly message: string }
  | { readonly type: 'kept' }
  | { readonly type: 'stack'; readonly stack: string }
  | ({ readonly type: 'recalled' } & Recalled)
  /** The server ends this worker, politely first. */
  | { readonly type: 'draining' }
  /** The last one. All output has gone before. */
  | { readonly type: 'exit'; readonly code: number | null; readonly signal: string | null };
