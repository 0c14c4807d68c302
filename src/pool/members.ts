import type { ServerRoute } from '../backend/server-route.js';
import type { HostAddress } from '../link/address.js';
import type { Kind } from '../protocol/messages.js';
import type { PoolWorkerOptions } from './options.js';

/** The workers of a pool, by how many of each kind. */
export interface Members {
  readonly threads?: number;
  readonly processes?: number;
  /** One for each: where it is to run. */
  readonly remotes?: readonly (HostAddress | ServerRoute)[];
}

export interface Member {
  readonly kind: Kind;
  readonly options: PoolWorkerOptions;
}

export function membersOf({ threads = 0, processes = 0, remotes = [] }: Members): Member[] {
  return [
    ...Array.from({ length: threads }, (): Member => ({ kind: 'thread', options: {} })),
    ...Array.from({ length: processes }, (): Member => ({ kind: 'process', options: {} })),
    ...remotes.map((host): Member => ({ kind: 'remote', options: { host } })),
  ];
}
