import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { PersistentProcessWorker, PersistentThreadWorker } from 'pyworkers';
import { ms, row, takeTurns, timed, times } from '../measure.mjs';
import { noop } from '../tasks.mjs';

const KB = 1024;
const SIZES = [KB, 64 * KB, KB * KB, 10 * KB * KB, 100 * KB * KB];
const WARM_UP_CALLS = 1000;
const RECORD_BYTES = 64; // about what one takes as text
const kinds = {
  Buffer: (bytes) => Buffer.alloc(bytes, 7),
  records: (bytes) =>
    Array.from({ length: Math.ceil(bytes / RECORD_BYTES) }, (_, id) => ({
      id,
      name: `name ${id}`,
      at: { x: id / 3, y: -id - 1 },
      tags: ['a', 'b'],
    })),
  Float64Array: (bytes) => new Float64Array(bytes / 8).fill(1.5),
};

const thread = new PersistentThreadWorker(noop);
const process_ = new PersistentProcessWorker(noop);
const port = new Worker(new URL('../peers/bare-thread.mjs', import.meta.url));
const forked = fork(new URL('../peers/bare-process.mjs', import.meta.url), { serialization: 'advanced' });
await Promise.all([once(port, 'message'), once(forked, 'message')]);
const echoes = {
  thread: (value) => thread.call(value),
  port(value) {
    port.postMessage(value);
    return once(port, 'message');
  },
  process: (value) => process_.call(value),
  forked(value) {
    forked.send(value);
    return once(forked, 'message');
  },
};

for (const make of Object.values(kinds).flatMap((kind) => [() => kind(KB), () => kind(64 * KB)])) {
  const value = make();
  for (const echo of Object.values(echoes)) for (let i = 0; i < WARM_UP_CALLS; i++) await echo(value);
}
const rows = [];
for (const [kind, make] of Object.entries(kinds)) {
  for (const bytes of SIZES) {
    const value = make(bytes);
    const rounds = bytes > 50 * KB * KB ? 3 : bytes > KB * KB ? 7 : 25;
    const repeats = bytes <= 64 * KB ? 20 : 1;
    const contestants = Object.fromEntries(
      Object.entries(echoes).map(([name, echo]) => [
        name,
        async () =>
          (await timed(async () => {
            for (let i = 0; i < repeats; i++) await echo(value);
          })) / repeats,
      ]),
    );
    const figures = await takeTurns(rounds, contestants);
    const bound = bytes > KB * KB ? 1 : 1.2;
    const size = bytes < KB * KB ? `${bytes / KB} KB` : `${bytes / KB / KB} MB`;
    for (const [ours, theirs, name] of [
      ['thread', 'port', 'MessagePort'],
      ['process', 'forked', 'fork, advanced'],
    ]) {
      const ratio = figures[ours] / figures[theirs];
      rows.push(
        row(
          `${kind}, ${size}, ${ours}`,
          `${ms(figures[ours])}, ${times(ratio)}`,
          `${name} ${ms(figures[theirs])}`,
          `<= ${bound}x`,
          ratio <= bound,
        ),
      );
    }
  }
}
await Promise.all([thread.terminate(), process_.terminate(), port.terminate()]);
forked.kill('SIGKILL');
export default rows;
