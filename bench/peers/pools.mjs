import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import { Tinypool } from 'tinypool';
import workerpool from 'workerpool';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const tasks = here('../tasks.mjs');
const registering = here('./workerpool-worker.mjs');
const quietly = { errorHandler() {}, exitHandler() {} };

/** One worker of each peer, behind one face: `run(name, arg, signal)`, `close()`. */
export const pools = {
  'tinypool thread': (options) => fromTinypool({ runtime: 'worker_threads', ...options }),
  'tinypool child_process': (options) => fromTinypool({ runtime: 'child_process', ...options }),
  piscina(options) {
    const pool = new Piscina({ filename: tasks, minThreads: 1, maxThreads: 1, ...options });
    pool.on('error', () => {});
    return { run: (name, arg, signal) => pool.run(arg, { name, signal }), close: () => pool.destroy() };
  },
  'workerpool thread': (options) => fromWorkerpool('thread', options),
  'workerpool process': (options) => fromWorkerpool('process', options),
  'poolifier thread': (workerOptions = {}) =>
    fromPoolifier(new FixedThreadPool(1, here('./poolifier-thread.mjs'), { ...quietly, workerOptions })),
};

function fromTinypool(options) {
  const pool = new Tinypool({ filename: tasks, minThreads: 1, maxThreads: 1, ...options });
  pool.on('error', () => {});
  return { run: (name, arg, signal) => pool.run(arg, { name, signal }), close: () => pool.destroy() };
}

function fromWorkerpool(workerType, workerThreadOpts = {}) {
  const pool = workerpool.pool(registering, { workerType, workerThreadOpts, minWorkers: 1, maxWorkers: 1 });
  return {
    run(name, arg, signal) {
      const task = pool.exec(name, arg === undefined ? [] : [arg]);
      signal?.addEventListener('abort', () => task.cancel());
      return Promise.resolve(task);
    },
    close: () => pool.terminate(true),
  };
}

function fromPoolifier(pool) {
  return { run: (name, arg, signal) => pool.execute(arg, name, signal), close: () => pool.destroy() };
}
