import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { type Answer, SweepCommand } from '../support/sweep-command.js';

/** Says its parameters, and fails for the seed 1 where it is told to. */
const study = `
export function task({ x, seed = 0 }, { dir }) {
  if (process.env.STUDY_FAILS && seed === 1) throw new RangeError('seed 1 is bad');
  console.log('working', x, seed);
  return { y: x * 10 + seed };
}
export default { output: 'out', variables: { x: [1, 2, 3], seed: [0, 1] }, task, workers: { count: 2 } };
`;

describe('pyw-sweep run', function () {
  this.timeout(60_000); // each of them starts processes, many of them one after the other
  let command: SweepCommand;
  beforeEach(() => {
    command = new SweepCommand();
  });
  afterEach(() => command.remove());

  it('runs the sweep file of the working directory, and skips what is done the next time', async () => {
    command.write('sweep.config.mjs', study);
    const first = await command.run(['run']);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stderr, /6 of 6 done/);
    const again = await command.json(['run']);
    assert.deepEqual([again.event, again.done, again.skipped, again.total, again.exitCode], ['summary', 0, 6, 6, 0]);
    assert.deepEqual(again.missing, []);
  });

  it('runs the sweep file of a folder that is named', async () => {
    command.write('studies/one/sweep.config.mjs', study);
    const { exitCode, output } = await command.json(['run', 'studies/one']);
    assert.deepEqual([exitCode, output], [0, join(command.path, 'studies', 'one', 'out')]);
  });

  it('tells of a command that failed how it ended, what it said last, and where its log is', async () => {
    const { stderr } = await command.run(['run', '-p', 'x=1', '--', 'echo some; echo last words; exit 4']);
    const expected =
      /^ {2}exit x=1\S*: The command "command" ended with exit code 4\. last words \(sweep-output\/x=1\S*\/log/m;
    assert.match(stderr, expected);
  });

  it('runs a command without any file, with values as they were written', async () => {
    const { code, stderr } = await command.run([
      ...['run', '-p', 'lr=1e-3,1e-4', '-p', 'seed=0..1', '--metric', 'loss=loss=(\\S+)', '-w', '2'],
      ...['--', 'node', '-e', 'console.log("loss=" + process.argv[1] + "$HOME")', '{lr}'],
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(readdirSync(join(command.path, 'sweep-output', 'lr=1e-3')), ['seed=0', 'seed=1']);
    const table = await command.json(['results']);
    assert.deepEqual(
      table.rows.map(({ loss }) => loss),
      ['1e-3$HOME', '1e-3$HOME', '1e-4$HOME', '1e-4$HOME'],
    );
  });

  it('says which task was the best by the objective of the sweep file', async () => {
    command.write('sweep.config.mjs', study.replace('workers:', "objective: { metric: 'y', goal: 'max' }, workers:"));
    const { stderr } = await command.run(['run']);
    assert.match(stderr, /The best y has x=3\/seed=1: 31/);
    const least = await command.json(['run'], { env: { PYW_OBJECTIVE: 'y:min' } });
    assert.deepEqual(least.best, { folder: 'x=1/seed=0', metric: 'y', value: 10 });
    assert.equal((await command.json(['run'], { env: { PYW_OBJECTIVE: 'loss' } })).best, null);
  });

  it('gives a single word behind -- to the shell as it stands', async () => {
    const { code } = await command.run(['run', '-p', 'n=3', '--', 'echo {n} | tr 3 7 > "$PWD/{n}.txt"']);
    assert.equal(code, 0);
    const { stdout } = await command.run(['plan', '-p', 'n=3', '--commands', '--', 'echo {n} | tr 3 7']);
    assert.equal(stdout, 'echo 3 | tr 3 7\n');
    const told = await command.run(['plan', '-p', 'n=3,4', '--commands', '--json', '--', 'echo {n} | tr 3 7']);
    const lines = told.stdout.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { commands: unknown }).commands),
      [[{ name: 'command', line: 'echo 3 | tr 3 7' }], [{ name: 'command', line: 'echo 4 | tr 3 7' }]],
    );
  });

  it('ends with 1 when a task has failed, and tells which one and why', async () => {
    command.write('sweep.config.mjs', study);
    const { code, stderr } = await command.run(['run'], { env: { STUDY_FAILS: '1' } });
    assert.equal(code, 1);
    assert.match(stderr, /3 failed/);
    assert.match(stderr, /x=1\/seed=1: RangeError: seed 1 is bad/);
    assert.match(stderr, /To try what has failed again: pyw-sweep retry out/);
    const summary = await command.json(['run'], { env: { STUDY_FAILS: '1' } });
    assert.deepEqual([summary.exitCode, summary.skipped, summary.failures, summary.total], [1, 3, 3, 6]);
    assert.match((await command.run(['run'], { env: { STUDY_FAILS: '1' } })).stderr, /3 of 6 done.*3 before.*3 failed/);
    const [missing] = summary.missing;
    assert.deepEqual(Object.keys(missing ?? {}), [
      'id',
      'folder',
      'params',
      'reason',
      'class',
      'message',
      'attempts',
      'log',
    ]);
    assert.deepEqual([missing?.folder, missing?.reason, missing?.class], ['x=1/seed=1', 'failed', 'error']);
  });

  it('says first what there is of earlier runs', async () => {
    command.write('sweep.config.mjs', study);
    const env = { STUDY_FAILS: '1' };
    assert.doesNotMatch((await command.run(['run', '--limit', '2'], { env })).stderr, /before/);
    assert.match((await command.run(['run'], { env })).stderr, /^1 done before, 1 to be run again, 4 new$/m);
    const { stdout } = await command.run(['run', '--json']);
    const told = stdout.split('\n').find((line) => line.includes('"resumed"'));
    const { t: _, ...resumed } = JSON.parse(told ?? '{}') as Record<string, unknown>;
    assert.deepEqual(resumed, { event: 'resumed', done: 3, stopped: 0, again: 3, new: 0 });
  });

  it('tells what went wrong as one line of JSON, too, whatever was wrong', async () => {
    for (const args of [
      ['run', '--json'],
      ['status', '--json', '--bogus'],
      ['run', '--json', 'nowhere.yaml'],
    ]) {
      const { stdout, code } = await command.run(args);
      assert.equal(code, 2);
      const { error } = JSON.parse(stdout) as { error: { exitCode: number } };
      assert.deepEqual([error.exitCode, stdout.trimEnd().includes('\n')], [2, false]);
    }
    const { stdout } = await command.run(['run', '-p', 'x=1', '--bogus', '--', 'echo', '--json']);
    assert.equal(stdout, '');
  });

  it('ends with 2 for what it cannot understand, and says how it is written', async () => {
    const wrong: [string[], RegExp][] = [
      [['run', '--bogus'], /unknown option '--bogus'/],
      [['runn'], /unknown command 'runn'[\s\S]*run/],
      [['run'], /no sweep file in .*pyw-sweep init/],
      [['run', 'nowhere.mjs'], /nowhere\.mjs: there is no such file/],
      [['run', '.'], /There is no sweep file in .*pyw-sweep init/],
      [['help', 'nope'], /there is no command 'nope'/],
      [['run', '-p', 'a=1..', '--', 'true'], /has two ends: a=0\.\.4/],
      [['run', '-p', 'a=1', '-w', 'two', '--', 'true'], /--workers takes a whole number, or auto, not "two"/],
      [['run', '-p', 'lr', '--', 'true'], /name=values/],
      [['run', '-p', 'a=1', '--', 'echo {b}'], /"?b"?/],
      [['run', '-p', 'a=1', '--limit', 'some', '--', 'true'], /--limit takes a number, not "some"/],
      [['run', '-p', 'a=1', '--limit', '1.5', '--', 'true'], /whole number/],
      [['run', '-p', 'a=1', '-w', '0', '--', 'true'], /"count" of 0 leaves nobody to work/],
      [['run', '-p', 'a=1', '--print', 'aloud', '--', 'true'], /log, console, both/],
      [['run', '-p', 'a=1', '--timeout', 'soon', '--', 'true'], /--timeout takes a time/],
      [['run', '-p', 'a=1', '--kind', 'magic', '--', 'true'], /process, thread, inline/],
      [['run', '-p', 'a=1', '--kind', 'thread', '--memory', '500', '--', 'true'], /"memoryMb" needs workers of kind/],
      [['run', '-p', 'a=1', '--filter', 'b > 1', '--', 'true'], /no parameter "b"/],
      [['run', '-p', 'a=1', '--'], /nothing stands behind --/],
      [['status', '--', 'x'], /nothing behind --/],
      [[], /Usage: pyw-sweep/],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr, stdout } = await command.run(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
    assert.deepEqual(readdirSync(command.path), []);
    const { stderr } = await command.run(['run', '-p', 'a=1', '--gpus', '64', '--', 'true']);
    assert.match(stderr, /^pyw-sweep: 64 GPUs are asked/m); // and no count of what was never begun
  });

  it('ends with 3 and touches nothing when the specification was changed, unless that is accepted', async () => {
    const given = ['run', '-p', 'a=1,2', '--', 'echo {a}'];
    assert.equal((await command.run(given)).code, 0);
    const other = [...given.slice(0, -1), 'echo again {a}'];
    const refused = await command.run(other);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /echo \{a\}.* -> .*echo again \{a\}/);
    assert.match(refused.stderr, /--accept-changes/);
    const accepted = await command.run(['run', '--accept-changes', ...other.slice(1)]);
    assert.match(accepted.stderr, /2 of 2 done \(2 before\)/);
  });

  it('leaves no trace of a dry run, also where the sweep was run before', async () => {
    command.write('sweep.config.mjs', study);
    for (const args of [['run', '--dry-run'], ['plan'], ['plan', '--json']]) {
      const { code, stdout } = await command.run(args);
      assert.equal(code, 0);
      assert.match(stdout, args.includes('--json') ? /"tasks": 6/ : /6 tasks in out/);
    }
    assert.deepEqual(readdirSync(command.path), ['sweep.config.mjs']);
    await command.run(['run', '--limit', '4']);
    const before = command.snapshot();
    const { stdout } = await command.run(['plan']);
    assert.match(stdout, /2 to run, 4 done already/);
    assert.deepEqual(command.snapshot(), before);
  });

  it('plans with every flag as it would run', async () => {
    command.write('sweep.config.mjs', study);
    const plan = async (...flags: string[]): Promise<Answer> => command.json(['plan', ...flags]);
    assert.equal((await plan('--limit', '4')).tasks, 4);
    assert.equal((await plan('--filter', 'x > 1', '--filter', 'seed == 0')).tasks, 2);
    assert.deepEqual((await plan('--filter', 'x > 1')).cuts, [{ rule: 'x > 1', points: 2, title: '' }]);
    assert.equal((await plan('--shard', '2/3')).tasks, 2);
    assert.deepEqual(
      (await plan('--sample', '2', '--seed', '7')).first,
      (await plan('--sample', '2', '--seed', '7')).first,
    );
    assert.equal((await plan('-p', 'x=1..9')).tasks, 18);
    const flat = (await plan('--no-subdir')).first;
    assert.equal(flat[0]?.folder, 'x=1,seed=0');
    const workers = (await plan('-w', '5', '--kind', 'thread')).workers;
    assert.deepEqual([workers.length, workers[0]?.kind], [5, 'thread']);
    assert.match(String((await plan('-o', 'elsewhere')).output), /\/elsewhere$/);
  });

  it('plans for each task the commands that its space wants, and no others', async () => {
    command.write(
      'sweep.yaml',
      `commands: { one: 'echo {x}', two: 'echo {y}' }
spaces: [{ variables: { x: [1] }, only: one }, { variables: { y: [2] }, only: [two] }]
`,
    );
    const { stdout } = await command.run(['plan', '--commands']);
    assert.equal(stdout, 'echo 1\necho 2\n');
    assert.equal((await command.json(['run'])).done, 2);
    const filtered = async (filter: string): Promise<string> => {
      return (await command.run(['plan', '--commands', '--filter', filter])).stdout;
    };
    assert.deepEqual([await filtered('y > 1'), await filtered('x == 1 or y > 2')], ['echo 2\n', 'echo 1\n']);
    assert.match((await command.run(['plan', '--filter', 'z == 1'])).stderr, /no parameter "z"/);
    command.write(
      'sweep.yaml',
      `commands: 'echo {opt} [mom]'
variables: { opt: [sgd, adam], mom: { values: [0.9, 0.99], when: opt == "sgd" } }
include: [{ opt: lamb, mom: 1.0 }, { opt: lion, mom: 1e-3 }]
repeats: 2
`,
    );
    assert.equal(await filtered('mom > 0.95 and seed == 1'), 'echo sgd --mom 0.99\necho lamb --mom 1.0\n');
  });

  it('shows who gets which GPU, by a tool that it asks, and takes none', async () => {
    command.write('sweep.config.mjs', study);
    command.write('bin/nvidia-smi', fakeNvidiaSmi);
    chmodSync(join(command.path, 'bin/nvidia-smi'), 0o755);
    const leases = join(command.path, 'leases');
    const env = {
      PATH: `${join(command.path, 'bin')}:${process.env.PATH}`,
      PYW_LEASE_DIR: leases,
      CUDA_VISIBLE_DEVICES: undefined,
    };
    const { workers } = await command.json(['plan', '--gpus', '1', '-w', 'auto'], { env });
    assert.deepEqual(
      workers.map(({ gpus }) => gpus),
      [['0'], ['1']],
    );
    const listed = await command.json(['plan', '-r', '1', '0,1'], { env });
    assert.deepEqual(
      listed.workers.map(({ gpus }) => gpus),
      [['1'], ['0', '1']],
    );
    const gpusOf = async (args: string[], more = {}): Promise<unknown> =>
      (await command.json(['plan', ...args], { env: { ...env, ...more } })).workers.map(({ gpus }) => gpus);
    assert.deepEqual(await gpusOf(['-w', 'auto', '--gpus', '{"gpus":1,"avoid":[0]}']), [['1']]);
    assert.deepEqual(await gpusOf([], { PYW_GPUS: '{"gpus":0.5,"include":["*Test*"],"avoid":[1]}' }), [['0'], ['0']]);
    assert.deepEqual(await gpusOf(['--gpus', 'inherit'], { PYW_GPUS: '1' }), [[], []]);
    const found = (await command.json(['gpus'], { env })).gpus;
    assert.deepEqual(
      found.map(({ id, usedMb, heldBy }) => [id, usedMb, heldBy]),
      [
        ['0', 512, null],
        ['1', 0, null],
      ],
    );
    const { stdout } = await command.run(['gpus'], { env });
    assert.match(stdout, /NVIDIA Test/);
    const tooMany = await command.run(['plan', '--gpus', '4'], { env });
    assert.equal(tooMany.code, 2);
    const none = await command.run(['run', '--gpus', '1'], { env: { ...env, CUDA_VISIBLE_DEVICES: '' } });
    assert.deepEqual([none.code, /there is no GPU to be used/.test(none.stderr)], [2, true]);
    assert.equal(existsSync(join(command.path, 'out', 'x=1')), false);
    assert.equal(existsSync(leases), false);
  });

  it('runs the first task alone for -d, to the terminal, in a folder of its own', async () => {
    command.write('sweep.config.mjs', study);
    for (let time = 1; time <= 2; time++) {
      const { code, stdout, stderr } = await command.run(['run', '-d']);
      assert.equal(code, 0, stderr);
      assert.match(stdout + stderr, /working 1 0/);
      assert.match(stderr, /1 of 1 done in/);
    }
    assert.equal(existsSync(join(command.path, 'out')), false);
    assert.equal(existsSync(join(command.path, 'out-debug', 'x=1', 'seed=0', 'params.json')), true);
  });

  it('gives each task one folder of its own with --no-subdir, with its own parameters and status', async () => {
    command.write('sweep.config.mjs', study);
    assert.equal((await command.json(['run', '--no-subdir'])).done, 6);
    for (const x of [1, 2, 3]) {
      for (const seed of [0, 1]) {
        const at = join('out', `x=${x},seed=${seed}`);
        assert.deepEqual(JSON.parse(command.read(join(at, 'params.json'))).params, { x, seed });
        assert.equal(JSON.parse(command.read(join(at, 'status.json'))).status, 'done');
      }
    }
    assert.equal((await command.json(['run'])).skipped, 6);
  });

  it('takes a file in another folder, of its own kind or of runner', async () => {
    command.write('deep/er/sweep.yaml', 'variables: { x: [1, 2] }\ncommands: echo {x}\n');
    assert.equal((await command.json(['run', '-y', 'deep/er/sweep.yaml'])).done, 2);
    assert.ok(existsSync(join(command.path, 'deep', 'er', 'sweep-output', 'x=1', 'status.json')));
    const runner = 'template: { a: echo {x} }\nresource: [cpu, "0; touch hurt"]\n---\nx: [1, 2]\n';
    command.write('deep/params.yaml', runner.replace('echo {x}', '"echo {x} $CUDA_VISIBLE_DEVICES"'));
    assert.equal((await command.json(['run', '-y', 'deep/params.yaml'])).done, 2);
    assert.ok(existsSync(join(command.path, 'output', 'X_2', 'status.json')));
    assert.deepEqual(readdirSync(command.path).sort(), ['deep', 'output']);
    const { code } = await command.run(['run', '-y', 'deep/params.yaml', '-f', '-w', '1', '-r', '7,8', '9']);
    const logs = readdirSync(join(command.path, 'output', 'X_2')).filter((name) => name.startsWith('log.a.'));
    assert.deepEqual([code, logs.map((log) => command.read(join('output', 'X_2', log)))], [0, ['2 7,8\n']]);
  });

  it('shows what tasks print where the file says so, functions and commands', async () => {
    const work = 'console.log("x is", x); console.error("bad", x); return { y: x };';
    command.write('work.mjs', `export function work({ x }) { ${work} }\n`);
    for (const [print, isLogged] of [
      ['both', true],
      ['console', false],
    ] as const) {
      const spec = `variables: { x: [7] }\nprint: ${print}\noutput: ${print}\n`;
      command.write('f.yaml', `${spec}task: work.mjs#work\n`);
      const said = await command.run(['run', 'f.yaml']);
      assert.match(said.stdout + said.stderr, /x is 7/);
      assert.match(said.stdout + said.stderr, /bad 7/);
      const logs = readdirSync(join(command.path, print, 'x=7')).filter((name) => name.startsWith('log.'));
      assert.equal(logs.length, isLogged ? 1 : 0);
      command.write('c.yaml', `${spec}commands: echo says {x}\n`);
      const told = await command.run(['run', 'c.yaml', '-o', `c-${print}`]);
      assert.match(told.stdout + told.stderr, /says 7/);
    }
  });

  it('gives each worker so many CPUs', async () => {
    const { code } = await command.run([
      'run',
      '-p',
      'a=1',
      '--cpus',
      '1',
      '--',
      'echo $OMP_NUM_THREADS{a} > "$PWD/said"',
    ]);
    assert.deepEqual([code, command.read('said')], [0, '11\n']);
  });

  it('says that there is no task, and which rules have cut them all', async () => {
    const { code, stderr } = await command.run(['run', '-p', 'a=1..3', '--filter', 'a > 9', '--', 'echo {a}']);
    assert.equal(code, 0);
    assert.match(stderr, /there is no task; 3 cut by a > 9\n/);
  });

  it('says which parameters no command uses', async () => {
    const { stderr } = await command.run(['run', '-p', 'a=1', '-p', 'spare=2', '-p', 'rest=3', '--', 'echo {a}']);
    assert.match(stderr, /no command uses spare, rest: that names tasks, and changes nothing else/);
    assert.doesNotMatch((await command.run(['run', '-o', 'b', '-p', 'a=1', '--', 'echo {a}'])).stderr, /no command/);
  });

  it('runs the first task in this very process for -d with --kind inline, where a debugger is', async () => {
    command.write(
      'sweep.config.mjs',
      'export const task = () => ({ pid: process.pid });\nexport default { variables: { x: [1, 2] }, task };',
    );
    const run = command.start(['run', '-d', '--kind', 'inline', '--json']);
    const { code, stdout } = await run.ended;
    assert.equal(code, 0);
    const ended = stdout.split('\n').find((line) => line.includes('"ended"'));
    assert.equal((JSON.parse(ended ?? '') as { result: { pid: number } }).result.pid, run.child.pid);
  });

  it('prints nothing but JSON to standard output with --json, whatever tasks print', async () => {
    command.write('sweep.config.mjs', study.replace('variables', "print: 'both', variables"));
    for (const args of [
      ['run', '--json'],
      ['run', '-d', '--json'],
    ]) {
      const { stdout } = await command.run(args);
      const lines = stdout.trimEnd().split('\n');
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('{"t":')),
        [],
      );
    }
  });

  it('runs again with -f what is done', async () => {
    command.write('sweep.config.mjs', study);
    await command.run(['run']);
    const again = await command.json(['run', '-f']);
    assert.deepEqual([again.done, again.skipped], [6, 0]);
  });

  it('lets a flag go before the environment, and that before the file', async () => {
    command.write('sweep.config.mjs', study);
    const env = { PYW_LIMIT: '2', PYW_OUTPUT: 'by-env' };
    const ofEnvironment = await command.json(['plan'], { env });
    assert.deepEqual([ofEnvironment.tasks, String(ofEnvironment.output).split('/').at(-1)], [2, 'by-env']);
    const ofFlag = await command.json(['plan', '--limit', '3', '-o', 'by-flag'], { env });
    assert.deepEqual([ofFlag.tasks, String(ofFlag.output).split('/').at(-1)], [3, 'by-flag']);
  });

  it('switches off by a flag what the sweep file switches on', async () => {
    const commands = 'while [ ! -e go ]; do sleep 0.05; done; exit {x}';
    command.write('sweep.yaml', `variables: { x: [1, 2] }\ncommands: ${commands}\ncanary: true\njoin: true\n`);
    const first = command.start(['run']);
    await eventually(() => existsSync(join(command.path, 'sweep-output', 'x=1', 'params.json')), 30_000);
    assert.equal((await command.run(['run', '--no-join'])).code, 3);
    command.write('go', '');
    assert.match((await first.ended).stderr, /1 failed, 1 not run/);
    const { missing } = await command.json(['run', '--no-canary', '-o', 'other']);
    assert.deepEqual(
      missing.map(({ reason }) => reason),
      ['failed', 'failed'],
    );
  });

  it('prints what tasks print where --print says', async () => {
    command.write('sweep.config.mjs', study);
    const printed = async (where: string): Promise<[boolean, boolean]> => {
      const { stdout, stderr } = await command.run(['run', '--limit', '1', '-o', where, '--print', where]);
      const files = readdirSync(join(command.path, where, 'x=1', 'seed=0'));
      return [/working 1 0/.test(stdout + stderr), files.some((name) => name.startsWith('log.'))];
    };
    assert.deepEqual(await printed('log'), [false, true]);
    assert.deepEqual(await printed('console'), [true, false]);
    assert.deepEqual(await printed('both'), [true, true]);
    const said = await command.run(['run', '-p', 'n=7', '--print', 'console', '--', 'echo said {n}']);
    assert.match(said.stdout + said.stderr, /said 7/);
    assert.equal(command.read(join('sweep-output', 'n=7', logIn(command, 'n=7'))), 'said 7\n', 'for its metrics');
  });

  it('ends a task that takes longer than --timeout, and tries it again as often as --retries says', async () => {
    const from = performance.now();
    const summary = await command.json(['run', '-p', 'a=1', '--timeout', '500ms', '--retries', '1', '--', 'sleep 60']);
    assert.ok(performance.now() - from < 15_000);
    const [missing] = summary.missing;
    assert.deepEqual([missing?.class, missing?.attempts], ['timeout', 2]);
    const { stdout } = await command.run(['status']);
    assert.match(stdout, /timeout a=1: The task was over its limit of 500 ms, and was ended .*--timeout/);
  });

  it('keeps a copy of the sweep file with the record', async () => {
    command.write('sweep.config.mjs', study);
    await command.run(['run', '--limit', '1']);
    const starts = join(command.path, 'out', '.pyw', 'starts');
    const copy = readdirSync(starts).find((name) => name.endsWith('sweep.config.mjs'));
    assert.ok(copy);
    assert.equal(command.read(join('out', '.pyw', 'starts', copy)), study);
  });

  it('is refused while another one is at it, and shares its work with --join', async () => {
    const given = ['-p', 'a=1..4', '-w', '1', '--', 'while [ ! -e go ]; do sleep 0.05; done'];
    const first = command.start(['run', ...given]);
    await eventually(() => existsSync(join(command.path, 'sweep-output', 'a=1', 'params.json')));
    const refused = await command.run(['run', ...given]);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /at work already: process \d+/);
    const held = await command.json(['plan', ...given]);
    assert.equal(held.resume.heldBy?.pid, first.child.pid);
    const joined = command.run(['run', '--join', ...given]);
    command.write('go', '');
    assert.deepEqual([(await first.ended).code, (await joined).code], [0, 0]);
  });
});

function logIn({ path }: SweepCommand, folder: string): string {
  return readdirSync(join(path, 'sweep-output', folder)).find((name) => name.startsWith('log.')) ?? '';
}

const fakeNvidiaSmi = `#!/bin/sh
case "$1" in
  --query-gpu*)
    echo "0, GPU-aaaaaaaa-0000-0000-0000-000000000000, NVIDIA Test, 8192, 512, 3, 00000000:01:00.0"
    echo "1, GPU-bbbbbbbb-0000-0000-0000-000000000000, NVIDIA Test, 8192, 0, 0, 00000000:02:00.0" ;;
  -L)
    echo "GPU 0: NVIDIA Test (UUID: GPU-aaaaaaaa-0000-0000-0000-000000000000)"
    echo "GPU 1: NVIDIA Test (UUID: GPU-bbbbbbbb-0000-0000-0000-000000000000)" ;;
esac
`;
