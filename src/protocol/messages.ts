import type { Sealed } from '../codec/codec.js';
import type { TargetRef } from '../target/target-ref.js';

/** Which host it is: three numbers and names that tell it from every other one. */
export interface WorkerId {
  readonly host: string;
  readonly pid: number;
  /** Node's thread id; 0 is a process's main thread. */
  readonly tid: number;
}

export type Kind = 'thread' | 'process' | 'remote' | 'inline';

/** In megabytes. */
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly maxYoungGenerationSizeMb?: number;
  readonly stackSizeMb?: number;
}

/** All that a host has to know of its worker before its first call. */
export interface HostSpec {
  readonly kind: Kind;
  readonly name: string;
  /** How many calls of an async target may be under way at once. */
  readonly concurrency: number;
  readonly stopOnError: boolean;
  readonly interruptible: boolean;
  /** Says so when it holds more than that after a call. */
  readonly maxMemoryMb: number | undefined;
  /** Where a process goes before it loads the target; its loaders are looked up where its caller is. */
  readonly cwd: string | undefined;
}

/** From handle to host. `payload` is the one part that a caller's value fills. */
export type Order =
  /** Always the first. The payload is what the caller put into the options. */
  | { readonly type: 'start'; readonly spec: HostSpec; readonly payload: StartPayload }
  /** Comes after `start`, as soon as it is known; calls wait for it. */
  | { readonly type: 'target'; readonly target: TargetRef }
  /** Instead of `target`, from a context that the server keeps; the payload is the default arguments. May come first. */
  | { readonly type: 'context'; readonly target: TargetRef; readonly payload: readonly unknown[] }
  | { readonly type: 'call'; readonly id: number; readonly payload: readonly unknown[] }
  /** Several calls with numbers that follow one another. They are plain data. */
  | {
      readonly type: 'calls';
      readonly id: number;
      readonly count: number;
      readonly payload: readonly (readonly unknown[])[];
    }
  /** Ask this call to stop, or forget it if it has not begun. Answered by `acknowledged`, and by `unbegun` if it was forgotten. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Forget those calls after `after` that have not begun, also those on their way, up to `upTo`. Answered by `unbegun` for each. */
  | { readonly type: 'recall'; readonly after: number; readonly upTo: number }
  /** Work off what has come, then end. */
  | { readonly type: 'close' }
  /** Ask the running calls to stop, forget the others, then end. Answered by `acknowledged`. */
  | { readonly type: 'terminate' };

/** The orders that overtake the others: they get through although the channel is full or the target blocks. */
export type UrgentOrder = Extract<Order, { type: 'terminate' | 'cancel' | 'recall' }>;

/** Which calls of a recall cannot have begun: those after `claimed`. */
export interface Recalled {
  readonly upTo: number;
  readonly claimed: number;
}

export interface StartPayload {
  readonly userId: unknown;
  readonly state: unknown;
  readonly args: readonly unknown[];
}

/** From host to handle. */
export type Report =
  | { readonly type: 'ready'; readonly id: WorkerId }
  /** The target is loaded: calls begin. */
  | { readonly type: 'prepared' }
  /** `ranUs`: how long the call took, in microseconds. */
  | { readonly type: 'returned'; readonly id: number; readonly ranUs: number; readonly payload: unknown }
  /** Several calls, whose numbers follow one another, have returned these values, which are plain data. */
  | {
      readonly type: 'results';
      readonly id: number;
      readonly ranUs: number;
      readonly payload: readonly unknown[];
    }
  | { readonly type: 'threw'; readonly id: number; readonly ranUs: number; readonly payload: unknown }
  /** The call ended because it was told to. The payload is what it threw, if that was anything else than the request. */
  | { readonly type: 'stopped'; readonly id: number; readonly how: 'asked' | 'interrupted'; readonly payload: unknown }
  /** The call was forgotten before it began. */
  | { readonly type: 'unbegun'; readonly id: number }
  /** The target cannot be had, so no call can be answered. The payload is the reason. */
  | { readonly type: 'refused'; readonly payload: unknown }
  | { readonly type: 'progress'; readonly payload: unknown }
  | { readonly type: 'acknowledged'; readonly id: number | null }
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly payload: Uint8Array }
  | { readonly type: 'outgrown'; readonly megabytes: number }
  /** The host is about to exit without having worked off its orders. The payload is the uncaught error, if that is why. */
  | { readonly type: 'dying'; readonly code: number; readonly payload: unknown }
  /** The last one of an orderly end. The payload is the user state. */
  | { readonly type: 'ended'; readonly payload: unknown };

/** A message as it arrives: its payload is opened when it is its turn, so that a bad one harms one call only. */
export type Received<M> = M extends { payload: unknown } ? Omit<M, 'payload'> & { readonly payload: Sealed } : M;
