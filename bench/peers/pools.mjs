import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import { Tinypool } from 'tinypool';
import workerpool from 'workerpool';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const tasks = here('../tasks.mjs');
const registering = here('./workerpool-worker.mjs');
const quietly = { errorHandler() {}, exitHandler() {} };

/** Workers of each peer (one, if nothing is said), behind one face: `run(name, arg, signal)`, `close()`. */
export const pools = {
  'tinypool thread': (options, size) => fromTinypool({ runtime: 'worker_threads', ...options }, size),
  'tinypool child_process': (options, size) => fromTinypool({ runtime: 'child_process', ...options }, size),
  piscina(options, size = 1) {
    const pool = new Piscina({ filename: tasks, minThreads: size, maxThreads: size, ...options });
    pool.on('error', () => {});
    return { run: (name, arg, signal) => pool.run(arg, { name, signal }), close: () => pool.destroy() };
  },
  'workerpool thread': (options, size) => fromWorkerpool('thread', options, size),
  'workerpool process': (options, size) => fromWorkerpool('process', options, size),
  'poolifier thread': (workerOptions = {}, size = 1) =>
    fromPoolifier(new FixedThreadPool(size, here('./poolifier-thread.mjs'), { ...quietly, workerOptions })),
};

function fromTinypool(options, size = 1) {
  const pool = new Tinypool({ filename: tasks, minThreads: size, maxThreads: size, ...options });
  pool.on('error', () => {});
  return { run: (name, arg, signal) => pool.run(arg, { name, signal }), close: () => pool.destroy() };
}

function fromWorkerpool(workerType, workerThreadOpts = {}, size = 1) {
  const pool = workerpool.pool(registering, { workerType, workerThreadOpts, minWorkers: size, maxWorkers: size });
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
