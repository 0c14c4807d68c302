import { strict as assert } from 'node:assert';
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorded } from '#internal/sweep/commands/recorded.js';
import { checkFits, joined, linesOf } from '#internal/sweep/ledger/fingerprint.js';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import { LedgerDriver } from '../support/ledger-driver.js';
import { ledgerEnd, ledgerTask } from '../support/ledger-task.js';

let scratch = '';
let output = '';
let truth = '';

const snapshot = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mtimeMs, ctimeMs, size, ino } = lstatSync(join(folder, name));
      return `${name} ${mtimeMs} ${ctimeMs} ${size} ${ino}`;
    });

const train = { commands: { train: 'python train.py {lr}' }, variables: { '': ['lr'] } };

describe('Looking at the record of a sweep', () => {
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    output = join(scratch, 'output');
    truth = join(scratch, 'truth');
    writeFileSync(truth, '');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('leaves no trace, though a driver is at work, another one is dead and a line is half written', async () => {
    const dead = new LedgerDriver({ output, truth, mode: 'begin', tasks: 3 });
    await dead.says('begun');
    await dead.kill();
    const deadDriver = readdirSync(join(output, '.pyw/drivers'))[0] ?? '';
    const registration = readFileSync(join(output, '.pyw/drivers', deadDriver));
    await using ledger = await Ledger.open(output, { fingerprint: train, changed: 'accept' });
    writeFileSync(join(output, '.pyw/drivers', deadDriver), registration); // as if it had died just now
    for (const at of [1, 5, 6])
      assert.equal(ledger.begin(ledgerTask(at), { worker: 'w2', gpus: ['3'] }).type, 'claimed');
    ledger.end(ledgerEnd(ledgerTask(5).point.id, 1));
    writeFileSync(join(output, '.pyw/journal/half.jsonl'), '{"e":"end","id":"00');
    writeFileSync(join(output, '.pyw/drivers/half.json'), '{"driver":');
    await ledger.flush();
    const before = snapshot(scratch);
    const peeked = Ledger.peek(output);
    assert.deepEqual(snapshot(scratch), before);
    assert.deepEqual(peeked.fingerprint, train);
    assert.deepEqual(
      peeked.drivers.map(({ pid, isAlive }) => [pid, isAlive]),
      [
        [dead.child.pid, false],
        [process.pid, true],
      ],
    );
    assert.deepEqual(
      peeked.running.map(({ id, attempt, isAlive, worker, folder }) => [id, attempt, isAlive, worker, folder]),
      [
        [ledgerTask(0).point.id, 1, false, 'w1', ledgerTask(0).folder],
        [ledgerTask(1).point.id, 2, true, 'w2', ledgerTask(1).folder],
        [ledgerTask(2).point.id, 1, false, 'w1', ledgerTask(2).folder],
        [ledgerTask(6).point.id, 1, true, 'w2', ledgerTask(6).folder],
      ],
    );
    assert.deepEqual(peeked.records.counts, { done: 1, failed: 0, stopped: 0, cancelled: 0, open: 4 });
    assert.equal(peeked.records.badLines, 1);
  });

  it('makes nothing where there is nothing', () => {
    const peeked = Ledger.peek(output);
    assert.equal(peeked.isThere, false);
    assert.deepEqual([...peeked.records.ids()], []);
    assert.ok(!existsSync(output));
  });
});

describe('The fingerprint of a sweep', () => {
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    output = join(scratch, 'output');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('shows line by line what was changed', () => {
    const now = {
      commands: { train: 'python train2.py {lr}', eval: 'python eval.py' },
      metrics: { 'a b': 'x' },
      variables: { '': ['lr', 'seed'] },
      success: 0,
    };
    assert.equal(
      linesOf(checkFits({ ...train, metrics: { 'a b': 'y' } }, now)),
      '  variables[""]: ["lr"] -> ["lr","seed"]\n' +
        '  commands.train: "python train.py {lr}" -> "python train2.py {lr}"\n' +
        '  metrics["a b"]: "y" -> "x"\n' +
        '  success: (none) -> 0',
    );
  });

  it('does not mind spaces and commands that come and go, or names in another order', () => {
    assert.deepEqual(checkFits({ commands: { train: 'a' } }, { commands: { test: 'b' } }), []);
    const before = { task: { module: 'a', name: 'b' }, variables: { one: ['lr'], 'the first': ['lr'] } };
    const now = { variables: { two: ['lr', 'seed'], one: ['lr'] }, task: { name: 'b', module: 'a' } };
    assert.deepEqual(checkFits(before, now), []);
    assert.deepEqual(checkFits({}, { variables: { '': ['lr'] } }), []);
  });

  it('does not mind commands that come and go, nor what spaces say that do', () => {
    const before = { commands: { train: 'a' }, variables: { one: [] }, defaults: { one: { x: 1 } } };
    const now = {
      commands: { test: 'b' },
      variables: { one: [], two: [] },
      defaults: { one: { x: 1 }, two: { y: 1 } },
    };
    assert.deepEqual(checkFits(before, now), []);
    assert.deepEqual(joined(before, now).commands, { train: 'a', test: 'b' });
    assert.equal(checkFits(joined(before, now), { ...now, commands: { train: 'c' } }).length, 1);
    assert.equal(checkFits(before, { ...before, defaults: { one: { x: 1, y: 2 } } }).length, 1);
    assert.deepEqual(checkFits({ aliases: { '': { a: { x: {} } } } }, { aliases: { '': { b: { y: {} } } } }), []);
    assert.equal(checkFits({ aliases: { '': { a: { x: {} } } } }, { aliases: { '': { a: { y: {} } } } }).length, 2);
    assert.equal(
      checkFits(before, { variables: before.variables, defaults: before.defaults, task: { function: 'f' } }).length,
      2,
    );
  });

  it('refuses records of another specification, names the ways out, and notes that it was accepted', async () => {
    const first = await Ledger.open(output, { fingerprint: train });
    await first.close();
    const changed = { ...train, commands: { train: 'python train2.py {lr}' } };
    await assert.rejects(Ledger.open(output, { fingerprint: changed }), {
      code: 'ERR_LEDGER_CHANGED',
      message:
        /\n {2}commands\.train: "python train\.py \{lr\}" -> "python train2\.py \{lr\}"\n.*another output folder.*changed: 'accept'/,
    });
    const second = await Ledger.open(output, { fingerprint: changed, changed: 'accept' });
    await second.close();
    assert.match(
      readFileSync(join(output, '.pyw/journal', `${second.driver}.jsonl`), 'utf8'),
      /"e":"accepted".*train2/,
    );
    const third = await Ledger.open(output, { fingerprint: changed });
    assert.equal(third.records.badLines, 0);
    await third.close();
  });

  it('refuses a record that a later version has written', async () => {
    const first = await Ledger.open(output, { fingerprint: train });
    await first.close();
    writeFileSync(join(output, '.pyw/sweep.json'), '{"format":2}');
    await assert.rejects(Ledger.open(output, { fingerprint: train }), {
      code: 'ERR_LEDGER_FORMAT',
      message: /format 2/,
    });
    assert.deepEqual(readdirSync(join(output, '.pyw/drivers')), []);
  });

  it('tells the tasks in the order of the plan, whoever was begun first', async () => {
    const ledger = await Ledger.open(output, { fingerprint: {} });
    for (const index of [3, 0, 2, 1]) ledger.begin(ledgerTask(index), { worker: 'w1' });
    await ledger.close();
    const order = [...new Recorded(output).entries()].map(({ task }) => [task.index, task.folder]);
    assert.deepEqual(
      order,
      [0, 1, 2, 3].map((index) => [index, ledgerTask(index).folder]),
    );
  });
});
