import type { Exit } from '../base/errors.js';
import type { Channel } from '../channel/channel.js';
import type { Kind, Order, Recalled, Report, ResourceLimits, UrgentOrder, WorkerId } from '../protocol/messages.js';
import type { Target } from '../target/target.js';
import type { TargetRef } from '../target/target-ref.js';

export type Stdio = 'inherit' | 'pipe' | 'ignore' | { readonly file: string };

/** What a host is started with, checked and complete. Not every kind has a use for every part. */
export interface HostOptions {
  readonly name: string;
  /** Nothing where the host has it already, from a context of its server's. */
  readonly target: Target | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly execArgv: readonly string[] | undefined;
  readonly resourceLimits: ResourceLimits | undefined;
  readonly stdio: Stdio;
  readonly reuseThread: boolean;
  readonly cwd: string | undefined;
  /** For remote hosts: where they run. */
  readonly place: unknown;
  /** The other machine is ending the host: not a fault, and not this caller's wish. */
  onDraining(): void;
  /** What has come of a `recall`. */
  onRecalled(recalled: Recalled): void;
  /** For output that does not come as a report. */
  onOutput(stream: 'stdout' | 'stderr', chunk: Buffer): void;
}

/** One way to start a host. */
export interface Backend {
  readonly kind: Kind;
  /** Whether a host has a thread or process of its own, which can be ended whatever it does. */
  readonly isIsolated: boolean;
  start(options: HostOptions): RunningHost;
}

/** A started host, seen from its caller. */
export interface RunningHost {
  readonly channel: Channel<Order, Report>;
  /** How a target is named where the host is. */
  placed?(ref: TargetRef): TargetRef;
  /** Delivers an order that must get through although the channel is full or the target blocks. */
  urge(order: UrgentOrder): void;
  /** Cuts off the target where it is. With an id, only if that call is running. */
  interrupt(callId?: number): void;
  /** Ends the host and all it started, whatever they do. */
  kill(): void;
  /**
   * Resolves when the host is gone; never rejects. Asked once the channel has ended. After an orderly end nothing runs
   * any more in a thread, so it counts as gone although its engine is still being taken down.
   */
  exit(wasOrderly: boolean): Promise<Exit>;
  /** The caller has dealt with so much reported output. */
  outputTaken(bytes: number): void;
  /** Where the target is right now; empty when it runs no JavaScript. */
  stack(id: WorkerId): Promise<string>;
}
