import { CallAbortedError, PersistentProcessWorker } from 'pyworkers';
import { nap } from './tasks.js';

await using worker = new PersistentProcessWorker(nap);
console.log(await worker.call(10));

try {
  await worker.with({ timeoutMs: 100 }).call(60_000);
} catch (error) {
  if (!(error instanceof CallAbortedError)) throw error;
  console.log(error.message);
}

console.log(await worker.call(20));
