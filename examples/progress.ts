import { ThreadWorker } from 'pyworkers';
import { download } from './tasks.js';

const worker = new ThreadWorker(download, [['a.csv', 'b.csv', 'c.csv']]);
worker.on('progress', (text) => console.log(text));
console.log(`${await worker.value()} files`);
