import { ProcessWorker } from 'pyworkers';
import { hang } from './tasks.js';

const worker = new ProcessWorker(hang, [], { name: 'stuck', stdio: 'pipe' });
worker.on('stdout', (chunk) => console.log(`it says: ${String(chunk).trim()}`));
await new Promise((resolve) => worker.on('progress', resolve));

console.log(`it is ${(await worker.stack()).trim().split('\n')[0]}`);
await worker.terminate();
console.log((worker.error as Error).message);
