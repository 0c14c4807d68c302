import { ProcessWorker } from 'pyworkers';
import { countTo } from './tasks.js';

const worker = new ProcessWorker(countTo, [10], { initState: 3 });
console.log(`counted to ${await worker.value()}`);

await worker.restart();
await worker.wait();
console.log(`a fresh process began with ${worker.userState}`);

const heir = new ProcessWorker(countTo, [20], { initState: worker.userState });
console.log(`another one went on to ${await heir.value()}`);
