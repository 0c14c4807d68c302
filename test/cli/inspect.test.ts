import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SweepCommand } from '../support/sweep-command.js';

/** Three of six fail; one of them says so in its log. */
const given = ['-p', 'lr=1e-3,1e-4', '-p', 'seed=0..2', '-w', '2', '--metric', 'loss=loss=(\\S+)'];
const work = ['--', 'sh', '-c', 'echo "loss=$1.$2"; [ "$2" != 1 ] || { echo no seed 1 >&2; exit 3; }', 'x'];
const study = [...given, ...work, '{seed}', '{seed}'];

describe('pyw-sweep shows', function () {
  this.timeout(60_000); // each of them starts processes, many of them one after the other
  const command = new SweepCommand();
  before(async () => {
    const { code } = await command.run(['run', ...study]);
    assert.equal(code, 1);
  });
  after(() => command.remove());

  it('how far a sweep is, by its record alone', async () => {
    const status = await command.json(['status']);
    assert.equal(status.total, 6);
    assert.deepEqual(status.counts, {
      done: 4,
      failed: 2,
      stopped: 0,
      cancelled: 0,
      running: 0,
      lost: 0,
      waiting: 0,
    });
    assert.equal(status.isRunning, false);
    const { stdout } = await command.run(['status', 'sweep-output']);
    assert.match(stdout, /sweep-output: 4 of 6 done, 2 failed\nNothing is at work there\./);
    assert.match(stdout, /exit lr=1e-3\/seed=1: .*exit code 3.*no seed 1/);
  });

  it('the results, with names and values of parameters from the record', async () => {
    const { rows, missing } = await command.json(['results']);
    assert.deepEqual(rows, [
      { lr: 0.001, seed: 0, loss: 0 },
      { lr: 0.001, seed: 2, loss: 2.2 },
      { lr: 0.0001, seed: 0, loss: 0 },
      { lr: 0.0001, seed: 2, loss: 2.2 },
    ]);
    assert.deepEqual(
      missing.map(({ folder, class: failure }) => [folder, failure]),
      [
        ['lr=1e-3/seed=1', 'exit'],
        ['lr=1e-4/seed=1', 'exit'],
      ],
    );
  });

  it('results filtered, sorted, grouped, and the best of them', async () => {
    const rowsOf = async (...flags: string[]): Promise<unknown> => (await command.json(['results', ...flags])).rows;
    assert.deepEqual(await rowsOf('--filter', 'loss > 1', '--columns', 'lr'), [{ lr: 0.001 }, { lr: 0.0001 }]);
    const sorted = (await rowsOf('--sort', 'loss:desc', '--sort', 'lr')) as { lr: number; seed: number }[];
    assert.deepEqual(
      sorted.map(({ lr, seed }) => [lr, seed]),
      [
        [0.0001, 2],
        [0.001, 2],
        [0.0001, 0],
        [0.001, 0],
      ],
    );
    assert.deepEqual(await rowsOf('--over-seeds'), await rowsOf('--group-by', 'lr'));
    assert.deepEqual(
      ((await rowsOf('--group-by', 'lr')) as { n: number }[]).map(({ n }) => n),
      [2, 2],
    );
    assert.deepEqual(await rowsOf('--best', 'loss:max', '--filter', 'lr < 0.001'), [
      { lr: 0.0001, seed: 2, loss: 2.2 },
    ]);
    assert.equal(((await rowsOf('--include', 'all')) as unknown[]).length, 6);
    assert.deepEqual(await rowsOf('--include', 'failed', '--meta', 'class', '--columns', 'task.class'), [
      { 'task.class': 'exit' },
      { 'task.class': 'exit' },
    ]);
  });

  it('metrics that somebody thought of too late, by the logs that are there', async () => {
    const { rows } = await command.json(['results', '--metric', 'first=loss=(\\d)', '--columns', 'seed,first']);
    assert.deepEqual(rows, [
      { seed: 0, first: 0 },
      { seed: 2, first: 2 },
      { seed: 0, first: 0 },
      { seed: 2, first: 2 },
    ]);
    const nothing = await command.json(['results', '--metric', 'acc=accuracy', '--columns', 'acc']);
    assert.deepEqual(nothing.rows[0], { acc: null });
    assert.equal((await command.run(['results', '--metric', 'odd=('])).code, 2);
  });

  it('where the time went', async () => {
    const { stats } = await command.json(['results', '--stats']);
    assert.equal(stats.taskMs.count, 6);
    for (const { name } of stats.workers) assert.match(name, /^worker-[12]$/);
    const { stdout } = await command.run(['results', '--stats']);
    assert.match(stdout, /^what +count +total +mean +p50 .*\n.*\ntasks +6 /);
    assert.match(stdout, /\nworker +host .*busy\n.*\nworker-\d .* %\n/);
  });

  it('results as a table that fits, without columns that say nothing', async () => {
    const { stdout, stderr } = await command.run(['results', '--filter', 'seed == 2'], { env: { COLUMNS: '30' } });
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^ +lr +loss$/);
    assert.ok(lines.every((line) => line.length <= 30));
    assert.match(stderr, /Without 2 failed/);
    const all = await command.run(['results', '--include', 'failed', '--meta', 'class', '--filter', 'lr > 0.0001']);
    assert.match(all.stdout, /task\.class[\s\S]*exit/); // asked for, though it is the same in every row
    assert.equal(all.stderr, '');
  });

  it('results in every format, to standard output or a file', async () => {
    const as = async (format: string): Promise<string> => (await command.run(['results', '--format', format])).stdout;
    assert.equal((await as('csv')).split('\r\n')[0], 'lr,seed,loss');
    assert.equal((JSON.parse(await as('json')) as unknown[]).length, 4);
    assert.equal((await as('jsonl')).trimEnd().split('\n').length, 4);
    assert.match(await as('md'), /\| *lr *\|/);
    assert.match(await as('parquet'), /^PAR1/);
    const { code, stderr, stdout } = await command.run(['results', '--to', 'table.csv']);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /written: table\.csv/);
    assert.equal(command.read('table.csv').split('\r\n').length, 6);
    rmSync(join(command.path, 'table.csv'));
  });

  it('results as a page with plots', async () => {
    const { code, stderr } = await command.run(['results', '--plot', 'report.html', '--best', 'loss:max']);
    assert.equal(code, 0, stderr);
    assert.match(command.read('report.html'), /^<!doctype html>[\s\S]*lr=1e-3/i);
    rmSync(join(command.path, 'report.html'));
    const unnamed = await command.run(['results', '--plot']);
    assert.match(unnamed.stderr, /written: report\.html/);
    rmSync(join(command.path, 'report.html'));
    const folder = await command.run(['results', '--plot', 'sweep-output']);
    assert.deepEqual([folder.code, /is a folder, and --plot takes a file/.test(folder.stderr)], [2, true]);
  });

  it('the log of a task that is named by folder, id or parameters', async () => {
    const { tasks } = await command.json(['logs']);
    assert.equal(tasks.length, 6);
    const failed = tasks.find(({ folder }) => folder === 'lr=1e-3/seed=1') as { id?: string; log?: string };
    for (const name of [
      'lr=1e-3/seed=1',
      'sweep-output/lr=1e-3/seed=1/',
      'lr=0.001,seed=1',
      'lr=1e-3,seed=1',
      failed.id ?? '',
    ]) {
      const { stdout, code } = await command.run(['logs', name]);
      assert.equal(code, 0, name);
      assert.equal(stdout, 'loss=1.1\nno seed 1\n');
    }
    const followed = await command.run(['logs', '-f', 'lr=1e-3,seed=1']);
    assert.equal(followed.stdout, 'loss=1.1\nno seed 1\n');
    const unclear = await command.run(['logs', 'seed=1']);
    assert.equal(unclear.code, 2);
    assert.match(unclear.stderr, /2 tasks are "seed=1": lr=1e-3\/seed=1, lr=1e-4\/seed=1/);
    const none = await command.run(['logs', 'seed=9']);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /No task of .* is "seed=9"/);
    const followedAsJson = await command.run(['logs', '-f', '--json', 'lr=1e-3,seed=1']);
    assert.deepEqual([followedAsJson.code, /leave out --json/.test(followedAsJson.stderr)], [2, true]);
  });

  it('all of that without changing anything', async () => {
    const before = command.snapshot();
    for (const args of [
      ['status'],
      ['watch'],
      ['watch', '--json'],
      ['results'],
      ['results', '--best', 'loss'],
      ['logs'],
      ['logs', 'lr=1e-3,seed=1'],
      ['plan', ...study],
      ['run', '--dry-run', ...study],
      ['gpus'],
      ['doctor'],
      ['stop'],
    ]) {
      assert.equal((await command.run(args)).code, 0, args.join(' '));
    }
    assert.deepEqual(command.snapshot(), before);
  });

  it('in a sentence what is the matter with a folder that has no record, and leaves it as it is', async () => {
    const other = new SweepCommand();
    other.write('a-file', 'mine');
    other.write('foreign/params.json', '{"mine":true}');
    other.write('empty/keep', '');
    rmSync(join(other.path, 'empty', 'keep'));
    const expected: [string, RegExp][] = [
      ['nowhere', /There is no folder .*nowhere\. .*pyw-sweep run/],
      ['a-file', /a-file is a file/],
      ['empty', /empty is empty: no sweep was run there/],
      ['foreign', /foreign has no record of a sweep/],
    ];
    const before = other.snapshot();
    for (const [folder, message] of expected) {
      for (const name of ['status', 'watch', 'results', 'logs', 'retry', 'stop']) {
        const { code, stderr, stdout } = await other.run([name, '-o', folder, '--json']);
        assert.equal(code, 2, `${name} ${folder}`);
        assert.match(stderr, message);
        const { error } = JSON.parse(stdout) as { error: { message: string; exitCode: number } };
        assert.match(error.message, message);
        assert.equal(error.exitCode, 2);
      }
    }
    assert.deepEqual(other.snapshot(), before);
    other.remove();
  });

  it('in a sentence what of somebody else cannot be read or written, and leaves it as it is', async function () {
    const other = new SweepCommand();
    chmodSync(other.path, 0o755);
    await other.run(['run', '-p', 'x=1', '--', 'echo {x}']);
    if ((await other.run(['--version'], { isOther: true })).code !== 0) return this.skip(); // may not even start it
    const before = other.snapshot();
    const says = async (args: readonly string[], message: RegExp): Promise<void> => {
      const { code, stderr } = await other.run(args, { isOther: true });
      assert.match(stderr, message);
      assert.ok(code === 1 || code === 2, args.join(' '));
    };
    const folder = join(other.path, 'sweep-output');
    chmodSync(other.path, 0o555);
    await says(['init'], /^pyw-sweep: \. cannot be written: you have no right to write there\. Name another place\.$/m);
    await says(['results', '--plot'], /report\.html cannot be written: you have no right/);
    await says(['results', '--to', 'table.csv'], /table\.csv cannot be written: you have no right/);
    chmodSync(folder, 0o000);
    for (const name of ['status', 'watch', 'results', 'logs', 'retry', 'stop']) {
      await says([name], /Cannot read the output folder: .* You have no right to read it\. Ask its owner\./);
    }
    chmodSync(folder, 0o755);
    chmodSync(other.path, 0o755);
    assert.deepEqual(other.snapshot(), before);
    other.remove();
  });

  it('what is in the way of a file that it is to write', async () => {
    command.write('a-file', 'mine');
    for (const args of [
      ['init', 'a-file'],
      ['results', '--to', 'a-file/table.csv'],
      ['results', '--plot', 'a-file/x.html'],
    ]) {
      const { code, stderr } = await command.run(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /a-file\S* cannot be written: a file is/);
    }
    assert.equal(command.read('a-file'), 'mine');
    rmSync(join(command.path, 'a-file'));
  });

  it('what is left of a record that was damaged', async () => {
    const journals = join(command.path, 'sweep-output', '.pyw', 'journal');
    const [name = ''] = readdirSync(journals);
    appendFileSync(join(journals, name), '{"e":"end","id":"00');
    writeFileSync(join(command.path, 'sweep-output', '.pyw', 'drivers', 'odd.json'), 'garbage');
    writeFileSync(join(command.path, 'sweep-output', 'lr=1e-4', 'seed=0', 'params.json'), '{"id":');
    const { code, stdout } = await command.run(['status']);
    assert.equal(code, 0);
    assert.match(stdout, /4 of 6 done[\s\S]*1 lines? of the journals/);
    const { rows } = await command.json(['results']);
    assert.equal(rows.length, 4);
    assert.deepEqual(rows[2], { lr: null, seed: null, loss: 0 });
    writeFileSync(join(command.path, 'sweep-output', '.pyw', 'sweep.json'), '{');
    const damaged = await command.run(['run', ...study]);
    assert.equal(damaged.code, 3);
    assert.match(damaged.stderr, /sweep\.json is damaged[\s\S]*Put a copy[\s\S]*--accept-changes/);
    assert.equal((await command.run(['plan', ...study])).code, 3);
    const shown = await command.run(['status']);
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /4 of 6 done[\s\S]*sweep\.json is damaged/);
    assert.equal((await command.json(['results'])).rows.length, 4);
    assert.equal((await command.run(['logs', 'lr=1e-3/seed=2'])).code, 0);
  });

  it('what is recorded though its sweep.json is damaged, which goes on when that is accepted, and keeps the damaged one', async () => {
    const other = new SweepCommand();
    const run = ['run', '-p', 'x=1..3', '-w', '1', '--', 'echo ran >> ran; true {x}'];
    try {
      assert.equal((await other.run(run)).code, 0);
      const root = join(other.path, 'sweep-output', '.pyw');
      for (const text of ['', '{"format":1}', 'null', '\0\0\0\0']) {
        writeFileSync(join(root, 'sweep.json'), text);
        assert.equal((await other.json(['status'])).counts.done, 3);
      }
      const again = await other.json(['run', '--accept-changes', ...run.slice(1)]);
      assert.deepEqual([again.exitCode, again.skipped, again.done], [0, 3, 0]);
      assert.equal(readdirSync(root).filter((name) => name.startsWith('sweep.json.damaged-')).length, 1);
      assert.equal((await other.run(run)).code, 0);
      assert.equal(other.read('ran'), 'ran\nran\nran\n');
    } finally {
      other.remove();
    }
  });
});
