import type { AnyFunction } from '../target/target-ref.js';
import type { PersistentWorkerOptions, WorkerOptions } from './options.js';
import { PersistentWorker } from './persistent-worker.js';
import type { MaybeTarget } from './settings.js';
import type { ArgsAndOptions } from './signature.js';
import { Worker } from './worker.js';

/** A worker in a thread of this process: starts in a millisecond, shares memory, can be ended at any instruction. */
export class ThreadWorker<F extends AnyFunction = AnyFunction> extends Worker<F> {
  constructor(target: MaybeTarget<F>, ...rest: ArgsAndOptions<F, WorkerOptions>) {
    super('thread', target, ...rest);
  }
}

/** A worker in a process of its own: a crash stays there, and a blocking target can be cut off and heard. */
export class ProcessWorker<F extends AnyFunction = AnyFunction> extends Worker<F> {
  constructor(target: MaybeTarget<F>, ...rest: ArgsAndOptions<F, WorkerOptions>) {
    super('process', target, ...rest);
  }
}

/** A worker on another host: a process under the server that listens there. */
export class RemoteWorker<F extends AnyFunction = AnyFunction> extends Worker<F> {
  constructor(target: MaybeTarget<F>, ...rest: ArgsAndOptions<F, WorkerOptions>) {
    super('remote', target, ...rest);
  }
}

/** A worker in the caller's own thread, for debugging. Nothing can be forced on it. */
export class InlineWorker<F extends AnyFunction = AnyFunction> extends Worker<F> {
  constructor(target: MaybeTarget<F>, ...rest: ArgsAndOptions<F, WorkerOptions>) {
    super('inline', target, ...rest);
  }
}

/** As `ThreadWorker`, for many calls. */
export class PersistentThreadWorker<F extends AnyFunction = AnyFunction> extends PersistentWorker<F> {
  constructor(target: MaybeTarget<F>, options?: PersistentWorkerOptions) {
    super('thread', target, options);
  }
}

/** As `ProcessWorker`, for many calls. */
export class PersistentProcessWorker<F extends AnyFunction = AnyFunction> extends PersistentWorker<F> {
  constructor(target: MaybeTarget<F>, options?: PersistentWorkerOptions) {
    super('process', target, options);
  }
}

/** As `RemoteWorker`, for many calls. */
export class PersistentRemoteWorker<F extends AnyFunction = AnyFunction> extends PersistentWorker<F> {
  constructor(target: MaybeTarget<F>, options?: PersistentWorkerOptions) {
    super('remote', target, options);
  }
}

/** As `InlineWorker`, for many calls. */
export class PersistentInlineWorker<F extends AnyFunction = AnyFunction> extends PersistentWorker<F> {
  constructor(target: MaybeTarget<F>, options?: PersistentWorkerOptions) {
    super('inline', target, options);
  }
}
