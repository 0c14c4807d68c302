import { strict as assert } from 'node:assert';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodyOf, endLine, startLine } from '#internal/sweep/ledger/journal-line.js';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import { LineReader } from '#internal/sweep/ledger/line-reader.js';
import { chosenEnvironment, withoutSecrets } from '#internal/sweep/ledger/start-record.js';
import { prepareTaskFolder } from '#internal/sweep/ledger/task-folder.js';
import { ledgerEnd, ledgerTask } from '../support/ledger-task.js';

let scratch = '';
let output = '';
const task = ledgerTask(5);
const { id } = task.point;
const json = (...path: string[]) => JSON.parse(readFileSync(join(output, ...path), 'utf8'));

describe('The ledger of a sweep', () => {
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    output = join(scratch, 'output');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('gives each task a folder with its parameters, who runs it while it runs, and how it ended', async () => {
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.deepEqual(ledger.begin(task, { worker: 'w1', gpus: ['0', '1'] }), {
      type: 'claimed',
      attempt: 1,
      path: join(output, task.folder),
    });
    assert.deepEqual(json(task.folder, 'params.json'), { id, params: { lr: 0.0001, seed: 5 }, texts: { lr: '1e-4' } });
    const { driver, pid, worker, gpus, since } = json('.pyw/running', `${id}.json`);
    assert.deepEqual(
      { driver, pid, worker, gpus },
      { driver: ledger.driver, pid: process.pid, worker: 'w1', gpus: ['0', '1'] },
    );
    assert.ok(Date.now() - since < 10_000);
    ledger.end(ledgerEnd(id, 1));
    assert.deepEqual(readdirSync(join(output, task.folder)).sort(), ['params.json', 'status.json']);
    const { claim: _, ...status } = json(task.folder, 'status.json');
    assert.deepEqual(status, { ...ledgerEnd(id, 1), driver: ledger.driver });
  });

  it('knows after it is opened again what was done, what failed and how often it was tried', async () => {
    const first = await Ledger.open(output, { fingerprint: {} });
    for (const status of ['failed', 'failed', 'done'] as const) {
      const begun = first.begin(task, { worker: 'w1' });
      first.end(ledgerEnd(id, begun.type === 'claimed' ? begun.attempt : 0, status));
    }
    first.begin(ledgerTask(6), { worker: 'w1' });
    first.end(ledgerEnd(ledgerTask(6).point.id, 1, 'failed'));
    first.begin(ledgerTask(7), { worker: 'w1' });
    await first.close();
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.deepEqual(ledger.records.counts, { done: 1, failed: 1, stopped: 0, cancelled: 0, open: 1 });
    assert.deepEqual([...ledger.records.ids('failed')], [ledgerTask(6).point.id]);
    assert.equal(ledger.records.attemptsOf(id), 3);
    assert.deepEqual(ledger.records.lastEnd(id), ledgerEnd(id, 3));
    assert.deepEqual(ledger.begin(task, { worker: 'w1' }), { type: 'done', end: ledgerEnd(id, 3) });
    assert.equal(ledger.begin(ledgerTask(7), { worker: 'w1' }).type, 'claimed', 'closing has given it back');
  });

  it('has the end in the journal as soon as end() returns, and on the disk after flush()', async () => {
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    ledger.begin(task, { worker: 'w1' });
    ledger.end(ledgerEnd(id, 1));
    assert.match(readFileSync(join(output, '.pyw/journal', `${ledger.driver}.jsonl`), 'utf8'), /"st":"done".*\}\n$/);
    await ledger.flush();
    assert.throws(() => ledger.end(ledgerEnd(id, 1)), {
      code: 'ERR_LEDGER_STATE',
      message: /was not begun here, or has ended/,
    });
  });

  it('runs again what it was told to forget, now and after it is opened again', async () => {
    const first = await Ledger.open(output, { fingerprint: {} });
    for (const each of [task, ledgerTask(6)]) {
      first.begin(each, { worker: 'w1' });
      first.end(ledgerEnd(each.point.id, 1));
    }
    first.forget([id, 'never-seen']);
    assert.ok(!first.records.isDone(id));
    await first.close();
    const second = await Ledger.open(output, { fingerprint: {} });
    assert.deepEqual(second.records.counts, { done: 1, failed: 0, stopped: 0, cancelled: 0, open: 1 });
    const begun = second.begin(task, { worker: 'w1' });
    assert.deepEqual(begun.type === 'claimed' && begun.attempt, 2);
    second.end(ledgerEnd(id, 2));
    await second.close();
    await using third = await Ledger.open(output, { fingerprint: {} });
    assert.ok(third.records.isDone(id));
  });

  it('clears a task folder, and nothing that is outside of it or another task', async () => {
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    const folder = join(output, 'a');
    const outside = join(scratch, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), '');
    prepareTaskFolder(folder, task.point);
    prepareTaskFolder(join(folder, 'inner'), ledgerTask(6).point);
    mkdirSync(join(folder, 'checkpoints'));
    writeFileSync(join(folder, 'checkpoints/1.pt'), '');
    symlinkSync(outside, join(folder, 'link'));
    ledger.clearTask('a');
    assert.deepEqual(readdirSync(folder), ['inner']);
    assert.deepEqual(readdirSync(outside), ['precious']);
    symlinkSync(outside, join(output, 'away'));
    assert.throws(() => ledger.clearTask('away'), {
      code: 'ERR_LEDGER_FOREIGN',
      message: /leads out of the output folder/,
    });
    for (const way of ['../outside', '/etc', 'a/../../outside', '.pyw', '', '.']) {
      assert.throws(() => ledger.clearTask(way), { code: 'ERR_OPTION' }, way);
    }
    assert.deepEqual(readdirSync(outside), ['precious']);
    ledger.clearTask('was/never/there');
  });

  it('lets a worker prepare the folder, without a ledger', async () => {
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    const begun = ledger.begin(task, { worker: 'w1', params: 'later' });
    const path = begun.type === 'claimed' ? begun.path : '';
    assert.ok(!existsSync(path));
    prepareTaskFolder(path, task.point);
    const before = lstatSync(join(path, 'params.json'));
    prepareTaskFolder(path, task.point);
    assert.equal(lstatSync(join(path, 'params.json')).ino, before.ino, 'once');
    assert.throws(() => prepareTaskFolder(path, ledgerTask(6).point), { code: 'ERR_LEDGER_FOREIGN' });
  });

  it('records how it was started, with a copy of the configuration', async () => {
    process.env.PYW_TOKEN = 'hush';
    process.env.CUDA_LAUNCH_BLOCKING = '1';
    try {
      const start = {
        configuration: { name: 'a/sweep.yaml', text: 'lr: [1]\n' },
        argv: ['sweep', '--api-key', 'hush'],
      };
      const ledger = await Ledger.open(output, { fingerprint: {}, start });
      await ledger.close();
      const record = json('.pyw/starts', `${ledger.driver}.json`);
      assert.equal(readFileSync(join(output, '.pyw/starts', record.configuration), 'utf8'), 'lr: [1]\n');
      assert.deepEqual(record.argv, ['sweep', '--api-key', '***']);
      assert.equal(record.versions.node, process.versions.node);
      assert.match(record.versions.pyworkers, /^\d/);
      assert.match(record.git.commit, /^[0-9a-f]{40}$/);
      assert.equal(typeof record.git.isDirty, 'boolean');
      assert.equal(record.environment.values.CUDA_LAUNCH_BLOCKING, '1');
      assert.ok(record.environment.names.includes('PYW_TOKEN'));
      assert.ok(!JSON.stringify(record).includes('hush'));
    } finally {
      delete process.env.PYW_TOKEN;
      delete process.env.CUDA_LAUNCH_BLOCKING;
    }
  });

  it('keeps secrets out of the record of a start', () => {
    assert.deepEqual(
      chosenEnvironment({ AWS_SECRET_ACCESS_KEY: 'x', OMP_NUM_THREADS: '4', PYW_TOKEN: 'y', PYW_A: 'z' }),
      {
        values: { OMP_NUM_THREADS: '4', PYW_A: 'z' },
        names: ['AWS_SECRET_ACCESS_KEY', 'PYW_TOKEN'],
      },
    );
    assert.deepEqual(withoutSecrets(['--token=a', '--password', 'b', '--lr=1', '--token', '-v']), [
      '--token=***',
      '--password',
      '***',
      '--lr=1',
      '--token',
      '-v',
    ]);
  });

  it('opens a record of a hundred thousand tasks within a second of processor time', async () => {
    const empty = await Ledger.open(output, { fingerprint: {} });
    await empty.close();
    const lines: string[] = [];
    for (let at = 0; at < 100_000; at += 1) {
      const { point, folder } = ledgerTask(at);
      const end = ledgerEnd(point.id, 1, at % 10 === 0 ? 'failed' : 'done');
      lines.push(startLine(point.id, 1, { folder, worker: 'w1', gpus: ['0'], host: 'h', startedAt: 1 }));
      lines.push(endLine(end, bodyOf(end)));
    }
    writeFileSync(join(output, '.pyw/journal/0.jsonl'), lines.join(''));
    const before = process.cpuUsage();
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    const { user, system } = process.cpuUsage(before);
    assert.deepEqual(ledger.records.counts, { done: 90_000, failed: 10_000, stopped: 0, cancelled: 0, open: 0 });
    assert.deepEqual(ledger.records.lastEnd(ledgerTask(77_777).point.id), ledgerEnd(ledgerTask(77_777).point.id, 1));
    assert.ok((user + system) / 1000 < 1000, `${(user + system) / 1000} ms of processor time`);
  });
});

describe('Lines of a journal', () => {
  it('are read one by one, wherever they are and however long', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    try {
      const lines = ['first', '', 'x'.repeat(100_000), 'ünïcödé', 'last, without its end'];
      const file = join(folder, 'journal');
      writeFileSync(file, lines.join('\n'));
      const places = lines.map((_, i) =>
        Buffer.byteLength(
          lines
            .slice(0, i)
            .map((line) => `${line}\n`)
            .join(''),
        ),
      );
      const reader = new LineReader();
      for (const i of [0, 1, 2, 3, 4, 3, 0, 2, 4, 4, 1]) assert.equal(reader.lineAt(file, places[i] ?? 0), lines[i]);
      const other = join(folder, 'other');
      writeFileSync(other, 'another\n');
      assert.equal(reader.lineAt(other, 0), 'another');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
