export type { Stdio } from './backend/backend.js';
export {
  RemoteContext,
  type RemoteContextOptions,
  RemoteContextRef,
  type WithDefaults,
} from './backend/remote-context.js';
export type { RemoteOptions } from './backend/remote-place.js';
export type { ServerRoute } from './backend/server-route.js';
export { WorkerListener, type WorkerListenerOptions } from './backend/worker-listener.js';
export {
  CallAbortedError,
  type ConnectCode,
  ConnectError,
  type EndReason,
  type Exit,
  type HowTerminated,
  LinkError,
  NoResultError,
  OptionError,
  type PoolCode,
  PoolError,
  type PoolOutcome,
  StartedInImportError,
  TargetError,
  ThrownValueError,
  TokenError,
  UnsendableError,
  WorkerClosedError,
  WorkerLostError,
  WorkerTerminatedError,
} from './base/errors.js';
export { type ClassOf, registerType } from './codec/registry.js';
export { type Context, context } from './host/context.js';
export type { HostAddress } from './link/address.js';
export type { Log, LogEntry } from './link/log.js';
export type { PoolItem } from './pool/items.js';
export { type MapOptions, map } from './pool/map.js';
export type { Members } from './pool/members.js';
export type { Percentiles, WorkerStats } from './pool/meter.js';
export type {
  AddOptions,
  PoolOptions,
  PoolRunOptions,
  PoolStreamOptions,
  PoolWorkerOptions,
  Respawn,
  Retry,
  Size,
} from './pool/options.js';
export { Pool } from './pool/pool.js';
export type { PoolEvents } from './pool/pool-events.js';
export type { PoolStats } from './pool/pool-stats.js';
export { END, type InputOf, type Source, zip } from './pool/source.js';
export type { WorkerMaker } from './pool/worker-maker.js';
export type { Kind, ResourceLimits, WorkerId } from './protocol/messages.js';
export { WorkerServer, type WorkerServerOptions } from './server/worker-server.js';
export type { FarCommand, HostKeyPolicy, SshLogin } from './ssh/options.js';
export { type TmpSshServer, type TmpSshServerOptions, tmpSshServer } from './ssh/tmp-ssh-server.js';
export { isMain } from './target/is-main.js';
export { type NamedTarget, type Target, target } from './target/target.js';
export type { AnyFunction } from './target/target-ref.js';
export type { Handle, WaitOptions } from './worker/handle.js';
export {
  InlineWorker,
  PersistentInlineWorker,
  PersistentProcessWorker,
  PersistentRemoteWorker,
  PersistentThreadWorker,
  ProcessWorker,
  RemoteWorker,
  ThreadWorker,
} from './worker/kinds.js';
export type { WorkerState } from './worker/lifecycle.js';
export type { CallOptions, PersistentWorkerOptions, TerminateOptions, WorkerOptions } from './worker/options.js';
export type { Outcome } from './worker/outcome.js';
export { type Caller, PersistentWorker } from './worker/persistent-worker.js';
export type { MaybeTarget } from './worker/settings.js';
export type { ArgsAndOptions, ArgsOf, ValueOf } from './worker/signature.js';
export { Worker } from './worker/worker.js';
export type { WorkerEvents } from './worker/worker-events.js';
