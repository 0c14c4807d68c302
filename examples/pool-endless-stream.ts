import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pyworkers';
import { hash } from './pool-tasks.js';

let read = 0;

/** Inputs without end. What is read of them depends on who reads the results. */
function* endless(): Generator<string> {
  for (;;) yield `text ${read++}`;
}

await using pool = await Pool.of(hash, { threads: 2 });
for await (const item of pool.stream(endless(), { ordered: true })) {
  if (item.type !== 'returned') throw item.error;
  console.log(`${item.input} -> ${item.value}`);
  await sleep(20); // a slow reader: a database, a browser
  if (item.index === 4) break; // ends the run, and lets the source go
}
console.log(read < 5000 ? 'not many more were read' : 'too many were read');
