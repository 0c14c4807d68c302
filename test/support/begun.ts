import type { Handle } from 'pyworkers';

/** Resolves with the first progress that the target reports. */
export function begun<T>(worker: Handle<T>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.on('progress', resolve);
    void worker
      .outcome()
      .then((outcome) => reject(new Error(`it ended before it had begun: ${JSON.stringify(outcome)}`)));
  });
}
