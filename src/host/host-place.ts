import type { Channel } from '../channel/channel.js';
import type { Flags } from '../protocol/flags.js';
import type { HostSpec, Order, Report, WorkerId } from '../protocol/messages.js';
import type { AnyFunction } from '../target/target-ref.js';

/** What a host needs of the place it runs in. */
export interface HostPlace {
  readonly channel: Channel<Report, Order>;
  readonly flags: Flags;
  readonly id: WorkerId;
  /** In place of a reference, where nothing has to travel. */
  readonly target?: AnyFunction | undefined;
  /** Called once, before the target is loaded. */
  started(spec: HostSpec): void;
  /** Called once, when all reports are on their way. */
  ended(): void;
}
