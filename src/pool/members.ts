import { availableParallelism } from 'node:os';
import type { ServerRoute } from '../backend/server-route.js';
import type { HostAddress } from '../link/address.js';
import type { Kind } from '../protocol/messages.js';
import type { PoolWorkerOptions, Size } from './options.js';

/** The workers of a pool, by how many of each kind. */
export interface Members {
  readonly threads?: Size;
  readonly processes?: Size;
  /** One for each: where it is to run. */
  readonly remotes?: readonly (HostAddress | ServerRoute)[];
}

export interface Member {
  readonly kind: Kind;
  readonly size: Size;
  readonly options: PoolWorkerOptions;
}

/** One thread for each core, if nothing is said. */
export function membersOf({ threads, processes, remotes = [] }: Members): Member[] {
  const isEmpty = threads === undefined && processes === undefined && remotes.length === 0;
  return [
    { kind: 'thread', size: threads ?? (isEmpty ? availableParallelism() : 0), options: {} },
    { kind: 'process', size: processes ?? 0, options: {} },
    ...remotes.map((host): Member => ({ kind: 'remote', size: 1, options: { host } })),
  ];
}
