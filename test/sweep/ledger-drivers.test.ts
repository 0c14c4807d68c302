import { strict as assert } from 'node:assert';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import { LedgerDriver } from '../support/ledger-driver.js';
import { ledgerEnd, ledgerTask } from '../support/ledger-task.js';

let scratch = '';
let output = '';
let truth = '';

const begunTimes = (): number[] => {
  const counts = new Map<string, number>();
  for (const [, id = ''] of readFileSync(truth, 'utf8').matchAll(/begun (\w+)/g)) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts.values()];
};

describe('Drivers of one output folder', () => {
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    output = join(scratch, 'output');
    truth = join(scratch, 'truth');
    writeFileSync(truth, '');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('refuses a second one, and says who is at work', async () => {
    const holder = new LedgerDriver({ output, truth, mode: 'hold' });
    await holder.says('open');
    await assert.rejects(Ledger.open(output, { fingerprint: {} }), {
      code: 'ERR_LEDGER_HELD',
      message: new RegExp(`process ${holder.child.pid} on \\S+, since 2\\d{3}-.*"join"`),
    });
    assert.equal(readdirSync(join(output, '.pyw/drivers')).length, 1);
    await holder.kill();
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.deepEqual(
      readdirSync(join(output, '.pyw/drivers')),
      [`${ledger.driver}.json`],
      'the dead one is tidied away',
    );
  });

  it('lets in exactly one of six that start at the same moment', async () => {
    const drivers = Array.from({ length: 6 }, () => new LedgerDriver({ output, truth, mode: 'hold' }));
    const words = await Promise.all(drivers.map((driver) => Promise.race([driver.says('open'), driver.says('ERR_')])));
    assert.deepEqual(words.sort(), [...Array(5).fill('ERR_LEDGER_HELD'), 'open']);
    await Promise.all(drivers.map((driver) => driver.kill()));
  });

  for (const count of [2, 3]) {
    it(`shares 500 tasks among ${count} that join, and runs none twice`, async () => {
      const tasks = 500;
      const first = new LedgerDriver({ output, truth, mode: 'work', tasks, wait: true });
      await first.says('open');
      const others = Array.from(
        { length: count - 1 },
        () => new LedgerDriver({ output, truth, mode: 'work', tasks, join: true, wait: true }),
      );
      for (const driver of others) await driver.says('open');
      for (const driver of [first, ...others]) driver.tell();
      for (const driver of [first, ...others]) assert.doesNotMatch(await driver.says('finished'), /finished 0$/);
      for (const driver of [first, ...others]) await driver.ends();
      assert.deepEqual(begunTimes(), Array(tasks).fill(1));
    });
  }

  it('lets exactly one of two take over each task of a dead one', async () => {
    const tasks = 200;
    const dead = new LedgerDriver({ output, truth, mode: 'begin', tasks });
    await dead.says('begun');
    await dead.kill();
    const heirs = [1, 2].map(() => new LedgerDriver({ output, truth, mode: 'work', tasks, join: true, wait: true }));
    for (const driver of heirs) await driver.says('open');
    for (const driver of heirs) driver.tell();
    for (const driver of heirs) await driver.says('finished');
    for (const driver of heirs) await driver.ends();
    assert.deepEqual(begunTimes(), Array(tasks).fill(2));
    for (let at = 0; at < tasks; at += 1) {
      assert.deepEqual(readdirSync(join(output, ledgerTask(at).folder)).sort(), ['params.json', 'status.json']);
    }
  });

  it('says which driver has a task that is at work, and gives the result once it is done', async () => {
    const [one, other] = [
      await Ledger.open(output, { fingerprint: {} }),
      await Ledger.open(output, { fingerprint: {}, join: true }),
    ];
    const task = ledgerTask(3);
    assert.equal(one.begin(task, { worker: 'w1' }).type, 'claimed');
    assert.deepEqual(other.begin(task, { worker: 'w2' }), { type: 'taken', by: one.driver });
    assert.deepEqual(one.begin(task, { worker: 'w3' }), { type: 'taken', by: one.driver });
    one.end(ledgerEnd(task.point.id, 1, 'failed'));
    assert.deepEqual(other.begin(task, { worker: 'w2' }), {
      type: 'claimed',
      attempt: 2,
      path: join(output, task.folder),
    });
    other.end(ledgerEnd(task.point.id, 2));
    assert.deepEqual(one.begin(task, { worker: 'w1' }), { type: 'done', end: ledgerEnd(task.point.id, 2) });
    await one.close();
    await other.close();
    assert.deepEqual(readdirSync(join(output, '.pyw/running')), []);
  });

  it('takes a driver on another machine for dead when nothing was heard of it for a minute', async () => {
    const first = await Ledger.open(output, { fingerprint: {} });
    await first.close();
    const away = { ...alien, driver: 'away' };
    const path = join(output, '.pyw/drivers/away.json');
    writeFileSync(path, JSON.stringify(away));
    await assert.rejects(Ledger.open(output, { fingerprint: {} }), { code: 'ERR_LEDGER_HELD', message: /farhost/ });
    utimesSync(path, new Date(), new Date(Date.now() - 70_000));
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.deepEqual(readdirSync(join(output, '.pyw/drivers')), [`${ledger.driver}.json`]);
  });

  it('does not take a later process with the same number for the driver', async () => {
    const first = await Ledger.open(output, { fingerprint: {} });
    const path = join(output, '.pyw/drivers', `${first.driver}.json`);
    const record = JSON.parse(readFileSync(path, 'utf8'));
    await first.close();
    writeFileSync(path, JSON.stringify({ ...record, startedAt: '1' }));
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.ok(ledger.driver);
  });
});

const alien = { pid: 1, startedAt: '1', host: 'farhost', machine: 'another boot', since: 1, isSettled: true };
