import type { CallerLink } from './remote.js';

/** Something that leads to a server: one started over ssh, one that dials in. */
export interface ServerRoute {
  /** A fresh connection, greeted, for one worker. @internal */
  connect(options: { readonly timeoutMs: number; readonly heartbeatMs?: number | undefined }): Promise<CallerLink>;
}

export function isServerRoute(host: unknown): host is ServerRoute {
  return typeof host === 'object' && host !== null && 'connect' in host && typeof host.connect === 'function';
}
