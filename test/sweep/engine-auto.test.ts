import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Sweep, type SweepSpec } from 'pyworkers/sweep';
import * as tasks from '../fixtures/sweep-engine-tasks.js';
import { hoards } from '../fixtures/sweep-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

const holdsMb = (megabytes: number): string =>
  `const held = Buffer.alloc(${megabytes} << 20, 1); setTimeout(() => held, 2000)`;

const peakIn = (notes: readonly string[]): number => Number(/at (\d+) MB a task/.exec(notes.join('\n'))?.[1]);

describe('A sweep that is to find out how many workers there can be', () => {
  const folder = sweepFolder();
  const ran = async (more: SweepSpec): Promise<{ events: string[]; notes: string[] }> => {
    const events: string[] = [];
    const notes: string[] = [];
    const env = { PYW_NOTES: join(folder.path, 'notes') };
    const one = new Sweep({ output: folder.output, ...more, workers: { count: 'auto', ...more.workers, env } });
    one.on('started', ({ folder: name }) => events.push(`started ${name}`));
    one.on('ended', ({ folder: name }, { status }) => events.push(`${status} ${name}`));
    one.on('note', (text) => notes.push(text));
    await one.run();
    return { events, notes };
  };

  it('begins with one task alone, does the others with as many as there can be, and says why these', async () => {
    const { events, notes } = await ran({ variables: { x: [1, 2, 3, 4, 5, 6] }, task: tasks.noted });
    assert.deepEqual(events.slice(0, 2), ['started x=1', 'done x=1']);
    assert.equal(events.filter((each) => each.startsWith('done')).length, 6);
    assert.equal(folder.lines('notes').length, 6, 'nothing is run only to be measured');
    const [note = '', ...others] = notes;
    assert.match(note, /^\d+ workers?: .*CPU/);
    assert.deepEqual(others, []);
  });

  it('goes by what the first task holds with all that it has started', async () => {
    const { notes } = await ran({
      variables: { x: [1, 2] },
      commands: `if [ {x} = 1 ]; then (node -e '${holdsMb(150)}' & wait) | cat; fi`,
      workers: { memoryMb: 100_000 }, // so it is looked at more often
    });
    assert.ok(peakIn(notes) >= 150, notes.join('\n'));
  });

  it('goes by how much its process has grown, where workers are threads of it', async () => {
    const { notes } = await ran({ variables: { megabytes: [200, 1] }, task: hoards, workers: { kind: 'thread' } });
    assert.ok(peakIn(notes) >= 150, notes.join('\n'));
  });
});
