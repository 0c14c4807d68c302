import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import type { LedgerError } from '#internal/sweep/ledger/ledger-error.js';
import { LedgerDriver } from '../support/ledger-driver.js';
import { ledgerEnd, ledgerTask } from '../support/ledger-task.js';

let scratch = '';
let output = '';
let truth = '';

async function checkAllRecorded(): Promise<void> {
  const ended = [...readFileSync(truth, 'utf8').matchAll(/ended (\w+)/g)].map(([, id = '']) => id);
  await using ledger = await Ledger.open(output, { fingerprint: {} });
  assert.deepEqual([...ledger.records.ids('done')], ended);
  for (const id of ended) assert.equal(ledger.records.lastEnd(id)?.result?.loss, 0.25);
}

describe('The ledger of a sweep whose storage fails', () => {
  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'pyworkers-ledger-'));
    output = join(scratch, 'output');
    truth = join(scratch, 'truth');
    writeFileSync(truth, '');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('says what is full, and goes on behind the half-written line when there is room again', async function () {
    if (process.platform !== 'linux') this.skip(); // prlimit
    const under = ['prlimit', '--fsize=20000:unlimited'];
    const driver = new LedgerDriver({ output, truth, mode: 'limited' }, { under });
    assert.match(
      await driver.says('ERR_'),
      /^ERR_LEDGER_STORAGE Cannot write the journal: .*\.jsonl \(EFBIG\)\. .*ulimit -f.*it goes on where it was/,
    );
    execFileSync('prlimit', ['--pid', String(driver.child.pid), '--fsize=unlimited:unlimited']);
    driver.tell();
    await driver.says('finished');
    await driver.ends();
    await checkAllRecorded();
    await using ledger = await Ledger.open(output, { fingerprint: {} });
    assert.equal(ledger.records.badLines, 1);
    assert.equal(ledger.records.counts.open, 0);
  });

  it('does so on a full disk', async function () {
    const disk = join(scratch, 'disk');
    mkdirSync(disk);
    const mount = `mount -t tmpfs -o size=900k none ${disk} && head -c 400000 /dev/zero > ${disk}/ballast`;
    const keep = `cp -r ${disk}/output ${output}`;
    const inside = ['unshare', '-Urm', 'sh', '-ec', `${mount}; "$@"; ${keep}`, 'sh'];
    if (!canUnshare(disk)) this.skip(); // no user namespaces here
    const orders = { output: join(disk, 'output'), truth, mode: 'limited', ballast: join(disk, 'ballast') };
    const driver = new LedgerDriver(orders, { under: inside });
    assert.match(
      await driver.says('ERR_'),
      /\(ENOSPC\)\. The disk, or what you may use of it, is full\. Free some space/,
    );
    await driver.says('finished');
    await driver.ends();
    await checkAllRecorded();
  });

  it('says so when the output folder was removed, and takes no end for recorded', async () => {
    const problems: LedgerError[] = [];
    const ledger = await Ledger.open(output, { fingerprint: {}, onProblem: (problem) => problems.push(problem) });
    ledger.begin(ledgerTask(0), { worker: 'w1' });
    rmSync(output, { recursive: true });
    const gone = { code: 'ERR_LEDGER_STORAGE', message: /ENOENT.*Was the output folder moved or removed\?/ };
    assert.throws(() => ledger.end(ledgerEnd(ledgerTask(0).point.id, 1)), gone);
    assert.throws(() => ledger.begin(ledgerTask(1), { worker: 'w1' }), gone);
    await ledger.close();
  });

  it('keeps the record when only the status file cannot be written, and tells of that', async () => {
    const problems: LedgerError[] = [];
    const ledger = await Ledger.open(output, { fingerprint: {}, onProblem: (problem) => problems.push(problem) });
    const begun = ledger.begin(ledgerTask(0), { worker: 'w1' });
    assert.equal(begun.type, 'claimed');
    mkdirSync(join(output, ledgerTask(0).folder, 'status.json'));
    ledger.end(ledgerEnd(ledgerTask(0).point.id, 1));
    assert.ok(ledger.records.isDone(ledgerTask(0).point.id));
    assert.match(problems[0]?.message ?? '', /Cannot write a task's status: .*status\.json \(EISDIR\)/);
    assert.deepEqual(readdirSync(join(output, '.pyw/running')), []);
    await ledger.close();
  });

  it('refuses an output folder that is a file, or that cannot be written', async () => {
    writeFileSync(output, '');
    await assert.rejects(Ledger.open(output, { fingerprint: {} }), {
      code: 'ERR_LEDGER_STORAGE',
      message: /ENOTDIR.*a file is in its place/,
    });
    await assert.rejects(Ledger.open('/proc/sweep', { fingerprint: {} }), { code: 'ERR_LEDGER_STORAGE' });
  });

  it('refuses a folder of somebody else that has what would be overwritten, and touches nothing', async () => {
    mkdirSync(output);
    writeFileSync(join(output, 'results.csv'), 'mine');
    await assert.rejects(Ledger.open(output, { fingerprint: {}, writes: ['lr_1', 'results.csv'] }), {
      code: 'ERR_LEDGER_FOREIGN',
      message: /results\.csv\. Name another output folder/,
    });
    assert.deepEqual(execFileSync('ls', ['-A', output], { encoding: 'utf8' }), 'results.csv\n');
    await using ledger = await Ledger.open(output, { fingerprint: {}, writes: ['lr_1'] });
    const folder = join(output, ledgerTask(0).folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'params.json'), '{"lr": 1}');
    assert.throws(() => ledger.begin(ledgerTask(0), { worker: 'w1' }), {
      code: 'ERR_LEDGER_FOREIGN',
      message: /params\.json/,
    });
    assert.equal(readFileSync(join(folder, 'params.json'), 'utf8'), '{"lr": 1}');
  });
});

function canUnshare(disk: string): boolean {
  try {
    execFileSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
