import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Sweep, type SweepSpec, sweep, type WorkersOptions } from 'pyworkers/sweep';
import { allowedCpus } from '#internal/task/resources/cpus.js';
import * as tasks from '../fixtures/sweep-tasks.js';
import { sweepFolder } from '../support/sweep-folder.js';

const script = fileURLToPath(new URL('../fixtures/sweep-script.js', import.meta.url));
const execute = promisify(execFile);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('The workers of a sweep', () => {
  const folder = sweepFolder();

  describe('whose number is left to it', () => {
    const notesOf = async (spec: SweepSpec): Promise<{ note: string; alone: boolean }> => {
      const study = new Sweep({ output: folder.output, ...spec });
      let note = '';
      let begunBefore = 0;
      study.on('note', (text) => {
        note += text;
      });
      study.on('started', () => {
        if (note === '') begunBefore += 1;
      });
      assert.equal((await study.run()).missing.length, 0);
      return { note, alone: begunBefore === 1 };
    };
    const holds = `node -e 'globalThis.x = Buffer.alloc(150 << 20, {x}); setTimeout(() => {}, 2000)'`;

    for (const [what, spec] of [
      ['functions in processes', { task: tasks.hoards, workers: { kind: 'process' } }],
      ['functions in threads', { task: tasks.hoards, workers: { kind: 'thread' } }],
      ['commands', { commands: holds, workers: { kind: 'process' } }],
      ['commands of threads', { commands: holds, workers: { kind: 'thread' } }],
    ] as const) {
      it(`run one task alone, and are as many as CPUs and its memory allow: ${what}`, async () => {
        const variables = 'task' in spec ? { megabytes: [150, 151] } : { x: [1, 2] };
        const { note, alone } = await notesOf({ ...spec, variables, workers: { ...spec.workers, count: 'auto' } });
        const [, measured] = /^\d+ workers?: .* at (\d+) MB a task/.exec(note) ?? [];
        assert.ok(Number(measured) > 90 && Number(measured) < 1000, note);
        assert.equal(alone, true);
      }).timeout(60_000);
    }
  });

  it('keep to CPUs of their own, with all that they start', async () => {
    const say = `awk '/^Cpus_allowed_list/ { print "::result {\\"cpus\\": \\"" $2 "\\"}" }' /proc/self/status`;
    const study = new Sweep({
      output: folder.output,
      variables: { x: upTo(6) },
      commands: `${say}; true {x}`,
      workers: { count: 2, cpus: 1 },
    });
    const seen = new Map<string, unknown>();
    study.on('ended', (_, { worker, result }) => seen.set(worker, result?.cpus));
    assert.equal((await study.run()).length, 6);
    const all = allowedCpus();
    for (const [worker, cpus] of seen) {
      const place = Number(worker.replace('worker-', '')) - 1;
      assert.equal(cpus, String(all[place % all.length]), worker);
    }
  });

  it('may run functions of the script that makes the sweep and waits for it, in its own thread too', async () => {
    for (const kind of ['inline', 'thread', 'process']) {
      const { stdout } = await execute(process.execPath, [script, join(folder.path, kind), kind], { timeout: 30_000 });
      assert.deepEqual(JSON.parse(stdout), [
        { x: 1, y: 2, loaded: 'load of a', model: 'a' },
        { x: 2, y: 4, loaded: 'load of a', model: 'a' },
      ]);
    }
  });

  describe('run commands', () => {
    for (const kind of ['process', 'thread', 'inline'] as const) {
      it(`in their folder and with their environment, being of the kind ${kind}`, async () => {
        const cwd = join(folder.path, 'here');
        mkdirSync(cwd);
        const workers: WorkersOptions = { count: 1, kind, cwd, cpus: 3, env: { PYW_HERE: "it's", HOME: undefined } };
        const commands = 'pwd > {_output}/said; echo "$PYW_HERE $OMP_NUM_THREADS [$HOME] {x}" >> {_output}/said';
        await sweep({ output: folder.output, variables: { x: [1] }, commands, workers });
        const said = readFileSync(join(folder.output, 'x=1', 'said'), 'utf8');
        assert.equal(said, `${realpathSync(cwd)}\nit's 3 [] 1\n`);
      });
    }
  });
});
