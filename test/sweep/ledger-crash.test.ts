import { strict as assert } from 'node:assert';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import { LedgerDriver } from '../support/ledger-driver.js';
import { ledgerEnd, ledgerTask } from '../support/ledger-task.js';
import { Random, seedOf } from '../support/random.js';

let scratch = '';
let output = '';
let truth = '';

/** No task is begun again after its end was written, and each has exactly one success. */
function checkTruth(tasks: number): void {
  const ended = new Set<string>();
  for (const line of readFileSync(truth, 'utf8').split('\n')) {
    const [word, id = ''] = line.split(' ');
    if (word === 'begun') assert.ok(!ended.has(id), `${id} was begun after its end`);
    if (word === 'ended') ended.add(id);
  }
  const successes = new Map<string, number>();
  for (const line of journalLines()) {
    const id = /^\{"e":"end","id":"(\w+)","st":"done"/.exec(line)?.[1];
    if (id) successes.set(id, (successes.get(id) ?? 0) + 1);
  }
  assert.equal(successes.size, tasks);
  for (const [id, count] of successes) assert.equal(count, 1, `${id} has ${count} successes`);
}

function journalLines(): string[] {
  const folder = join(output, '.pyw/journal');
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}

const KILLS = process.env.PYW_TEST_ROUTES === 'plain' ? 20 : 100; // fewer on a second version of Node

describe('The ledger of a sweep whose driver is killed', () => {
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    output = join(scratch, 'output');
    truth = join(scratch, 'truth');
    writeFileSync(truth, '');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('loses no success and repeats none, though the driver is killed at random moments again and again', async function () {
    this.timeout(180_000);
    const random = new Random(seedOf());
    const tasks = 4000;
    let kills = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const driver = new LedgerDriver({ output, truth, mode: 'work', tasks });
      await driver.says('open');
      await new Promise((resolve) => setTimeout(resolve, random.fraction() * 10));
      if (!driver.said.includes('finished')) kills += 1;
      await driver.kill();
    }
    const last = new LedgerDriver({ output, truth, mode: 'work', tasks });
    await last.says('finished');
    await last.ends();
    assert.ok(kills >= KILLS / 2, `only ${kills} were killed at work`);
    checkTruth(tasks);
    assert.deepEqual(readdirSync(join(output, '.pyw/drivers')), []);
    assert.deepEqual(readdirSync(join(output, '.pyw/tmp')), []);
  });

  it('does so when three share the work and each is killed again and again', async function () {
    this.timeout(180_000);
    const random = new Random(seedOf());
    const tasks = 2000;
    const shareAndDie = async () => {
      for (let round = 0; round < 10; round += 1) {
        const driver = new LedgerDriver({ output, truth, mode: 'work', tasks, join: true });
        await driver.says('open');
        await new Promise((resolve) => setTimeout(resolve, random.fraction() * 20));
        await driver.kill();
      }
    };
    await Promise.all([shareAndDie(), shareAndDie(), shareAndDie()]);
    const last = new LedgerDriver({ output, truth, mode: 'work', tasks });
    await last.says('finished');
    await last.ends();
    checkTruth(tasks);
  });

  it('survives a last line that was torn at any of its bytes', async function () {
    this.timeout(180_000);
    const first = await Ledger.open(output, { fingerprint: {} });
    for (const at of [0, 1]) {
      const { id } = ledgerTask(at).point;
      assert.equal(first.begin(ledgerTask(at), { worker: 'w1' }).type, 'claimed');
      first.end(ledgerEnd(id, 1));
    }
    await first.close();
    const journal = join(output, '.pyw/journal', `${first.driver}.jsonl`);
    const whole = readFileSync(journal, 'utf8');
    const begin = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let size = begin; size <= whole.length; size += 1) {
      writeFileSync(journal, whole);
      truncateSync(journal, size);
      await using ledger = await Ledger.open(output, { fingerprint: {} });
      assert.ok(ledger.records.isDone(ledgerTask(0).point.id));
      const isWhole = size >= whole.length - 1;
      assert.equal(ledger.records.isDone(ledgerTask(1).point.id), isWhole, `torn at ${size - begin}`);
      assert.equal(ledger.records.badLines, isWhole || size === begin ? 0 : 1, `torn at ${size - begin}`);
      assert.equal(ledger.records.attemptsOf(ledgerTask(1).point.id), 1);
    }
  });

  it('takes a success from its status file where the journal has lost it, and writes it down again', async () => {
    const task = ledgerTask(3);
    const first = await Ledger.open(output, { fingerprint: {} });
    first.begin(task, { worker: 'w1' });
    first.end(ledgerEnd(task.point.id, 1));
    await first.close();
    writeFileSync(join(output, '.pyw/journal', `${first.driver}.jsonl`), '');
    const second = await Ledger.open(output, { fingerprint: {} });
    assert.equal(second.records.isDone(task.point.id), false);
    assert.equal(second.begin(task, { worker: 'w1' }).type, 'done');
    await second.close();
    const { records } = Ledger.peek(output);
    assert.deepEqual(records.lastEnd(task.point.id), ledgerEnd(task.point.id, 1));
    assert.equal(records.lastStart(task.point.id)?.folder, task.folder);
  });

  it('skips and counts bad lines wherever they are, and reads the others', async () => {
    const first = await Ledger.open(output, { fingerprint: {} });
    first.begin(ledgerTask(0), { worker: 'w1' });
    first.end(ledgerEnd(ledgerTask(0).point.id, 1));
    await first.close();
    const journal = join(output, '.pyw/journal', `${first.driver}.jsonl`);
    const [start = '', end = ''] = readFileSync(journal, 'utf8').split('\n');
    const other = (line: string) => line.replace(/"id":"\w+"/, `"id":"${ledgerTask(1).point.id}"`);
    const nested = end.slice(0, -1); // torn, and ends like a whole one
    writeFileSync(journal, `\0\0\0\0\n${nested}\nnot ours\n${start}\n{"e":"end"}\n${end}\n\n`);
    appendFileSync(
      journal,
      `${end.slice(0, 40)}${other(end)}\n${other(start)}\n${other(end).replace('0.25', '0.5')}\n`,
    );
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.equal(ledger.records.badLines, 5);
    assert.deepEqual(ledger.records.counts, { done: 2, failed: 0, stopped: 0, cancelled: 0, open: 0 });
    assert.equal(ledger.records.lastEnd(ledgerTask(1).point.id)?.result?.loss, 0.5, 'edited by hand, and valid');
  });
});
