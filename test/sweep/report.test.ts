import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Sweep } from 'pyworkers/sweep';
import { Ledger } from '#internal/sweep/ledger/ledger.js';
import type { ReportData } from '#internal/sweep/report/report-data.js';
import { type ReportOptions, writeReport } from '#internal/sweep/report/write-report.js';
import type { SweepEntry } from '#internal/sweep/results/entry.js';
import { SweepResults } from '#internal/sweep/results/sweep-results.js';
import { study } from '../fixtures/report-entries.js';
import { entry } from '../fixtures/sweep-entries.js';

describe('The report of a sweep', () => {
  let folder: string;
  const file = (): string => join(folder, 'report.html');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function htmlOf(tasks: Iterable<SweepEntry>, options: ReportOptions = {}): Promise<string> {
    await writeReport(file(), tasks, options);
    return readFileSync(file(), 'utf8');
  }

  function dataIn(html: string): ReportData {
    return JSON.parse(
      html.split('<script type="application/json" id="data">')[1]?.split('</script>')[0] ?? '',
    ) as ReportData;
  }

  async function dataOf(tasks: Iterable<SweepEntry>, options: ReportOptions = {}): Promise<ReportData> {
    return dataIn(await htmlOf(tasks, options));
  }

  /** A command that failed, with this log. */
  function failed(index: number, log: string, { name = 'train.log', write = true } = {}): SweepEntry {
    if (write) {
      const path = join(folder, `task-${index}`, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, log);
    }
    const error = { name: 'CommandError', message: 'The command "train" ended with code 1.' };
    const commands = [{ name: 'train', line: 'python train.py', status: 'failed', exitCode: 1, log: name }] as const;
    return entry(index, { x: index }, { status: 'failed', class: 'exit', error, commands, log: name });
  }

  it('is one file that names nothing outside of itself, and is small', async () => {
    const html = await htmlOf(study(500), { title: 'A study' });
    assert.ok(html.length < 1_500_000, `${html.length} characters`);
    assert.match(html, /<title>A study<\/title>/);
    const [head = ''] = html.split('<style>');
    assert.deepEqual(head.match(/(?:src|href)="[^"]*"/g), ['href="data:,"']);
    assert.doesNotMatch(html, /@import|url\(\s*['"]?(?!data:)[a-z]+:/i);
  });

  it('lets run one script only, known by its digest', async () => {
    const html = await htmlOf(study(5));
    const script = html.split('<script>')[1]?.split('</script>')[0] ?? '';
    const digest = createHash('sha256').update(script).digest('base64');
    assert.ok(script.length > 100_000);
    assert.match(html, /content="default-src 'none'; script-src 'sha256-/);
    assert.ok(html.includes(`script-src 'sha256-${digest}';`));
    assert.equal(html.match(/<script/g)?.length, 2);
  });

  it('carries the licences of what is in it', async () => {
    const html = await htmlOf([]);
    for (const words of ['Apache License, Version 2.0', 'Redistributions in binary form', 'Copyright (c) 2017, Baidu'])
      assert.ok(html.includes(words), words);
  });

  it('holds every value as it is, whatever HTML or JavaScript would make of it', async () => {
    const evil = `</script><script>alert(1)</script><!-- <script> \u2028\u2029 " ' & \0 \ud800 日本 🚀`;
    const html = await htmlOf([entry(0, { [evil]: evil }, { result: { [`r${evil}`]: evil } })], {
      title: evil.replace('\0', ''),
    });
    const { columns, title } = dataIn(html);
    const expected = evil; // a lone half of a pair, too: JSON escapes it
    assert.deepEqual(columns.map(({ name, values }) => [name, values]), [[expected, [expected]], [`r${expected}`, [expected]]]); // biome-ignore format: a table
    assert.equal(title, expected.replace('\0', ''));
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.equal(html.match(/<!--/g), null);
    assert.doesNotMatch(html, /[\u2028\u2029]/);
  });

  it('is written as a whole into a folder that is made, with nothing left beside it', async () => {
    const deep = join(folder, 'deep', 'er');
    await writeReport(join(deep, 'report.html'), study(3));
    await writeReport(join(deep, 'report.html'), study(3));
    assert.deepEqual(readdirSync(deep), ['report.html']);
  });

  it('refuses what it cannot use', async () => {
    const wrong = { titel: 'x' } as ReportOptions;
    await assert.rejects(writeReport(file(), [], wrong), /There is no option "titel"/);
    const goal = { objective: { metric: 'x', goal: 'up' } } as unknown as ReportOptions;
    await assert.rejects(writeReport(file(), [], goal), /"objective" takes an object with a metric's name/);
    await assert.rejects(writeReport('', []), /takes the path of a file/);
    const table = SweepResults.of(study(3)) as unknown as Iterable<SweepEntry>;
    await assert.rejects(writeReport(file(), table), /takes the tasks of a sweep: \{ task, end \} each/);
    await assert.rejects(writeReport(file(), undefined as unknown as SweepEntry[]), /takes the tasks of a sweep/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('counts all tasks, and shows those that have ended', async () => {
    const { counts, tasks, columns, workers } = await dataOf([...study(100), entry(100, { lr: 1 })]);
    assert.deepEqual([counts.total, counts.done, counts.failed, counts.stopped, counts.notRun], [101, 95, 3, 2, 1]);
    assert.equal(tasks.status.length, 100);
    assert.ok(Object.values(tasks).every((list) => list.length === 100));
    assert.ok(columns.every(({ values }) => values.length === 100));
    assert.deepEqual(workers.map(({ name, host, gpus }) => `${host} ${name} ${gpus}`).sort()[0], 'one w0 0');
    assert.equal(workers.length, 6);
  });

  it('holds 10,000 of more tasks, the best among them', async () => {
    const many = Array.from({ length: 25_000 }, (_, i) => entry(i, { i }, { result: { loss: Math.abs(i - 12_345) } }));
    const { tasks, columns, counts } = await dataOf(many);
    assert.equal(tasks.status.length, 10_000);
    assert.equal(counts.total, 25_000);
    const losses = columns.find(({ name }) => name === 'loss')?.values ?? [];
    const places = columns.find(({ name }) => name === 'i')?.values as number[];
    for (let best = 0; best < 10; best += 1) assert.ok(losses.includes(best), String(best));
    assert.ok(losses.includes(12_654));
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
    const firstHalf = places.filter((i) => i < 12_500).length;
    assert.ok(Math.abs(firstHalf - 5000) < 60, `${firstHalf} are of the first half`);
  });

  it('cuts long values, and leaves columns out beyond 200', async () => {
    const wide = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`m${i}`, i]));
    const { columns, columnsLeftOut } = await dataOf([
      entry(0, { text: 'x'.repeat(5000) }, { result: { list: upTo(5000), ...wide } }),
    ]);
    assert.deepEqual([columns.length, columnsLeftOut], [200, 52]);
    assert.ok(columns.every(({ values }) => JSON.stringify(values[0]).length < 400));
  });

  it('groups failures by the last line of their log; numbers, addresses and ids do not count', async () => {
    const trace = (at: number): string =>
      `epoch ${at}\nTraceback:\nMemoryError: ${at}.5 MB at 0x7f${at}a, job ${'9f86d081'}-${at}\n\n`;
    const tasks = [failed(0, trace(1)), failed(1, trace(22)), failed(2, trace(3)), failed(3, 'KeyError: lr\n')];
    const { failures, failuresLeftOut } = await dataOf(tasks, { output: folder });
    assert.deepEqual(
      failures.map(({ line, count, class: name, examples }) => [line, count, name, examples.length]),
      [
        ['MemoryError: 1.5 MB at 0x7f1a, job 9f86d081-1', 3, 'exit', 2],
        ['KeyError: lr', 1, 'exit', 1],
      ],
    );
    assert.deepEqual(failures[0]?.examples[0]?.logEnd?.slice(0, 2), ['epoch 1', 'Traceback:']);
    assert.equal(failures[0]?.examples[0]?.log, 'task-0/train.log');
    assert.deepEqual(failuresLeftOut, { groups: 0, tasks: 0 });
  });

  it('groups failures of functions by their error, and shows its stack', async () => {
    const fails = (index: number, name: string): SweepEntry =>
      entry(
        index,
        {},
        {
          status: 'failed',
          class: 'error',
          error: { name, message: `at ${index}\nmore`, stack: `${name}: at\n  line` },
        },
      );
    const { failures } = await dataOf([fails(0, 'RangeError'), fails(1, 'TypeError'), fails(2, 'TypeError')]);
    assert.deepEqual(failures.map(({ line, count }) => [line, count]), [['TypeError: at 1', 2], ['RangeError: at 0', 1]]); // biome-ignore format: a table
    assert.equal(failures[1]?.examples[0]?.error, 'RangeError: at\n  line');
  });

  it('shows the last 20 lines of a log, without colours, and cuts long ones', async () => {
    const lines = upTo(50).map((line) => `\u001b[32mline ${line}\u001b[0m`);
    const log = `${lines.join('\n')}\nbar 1%\rbar 2%\n${'x'.repeat(100_000)}\n`;
    const { failures } = await dataOf([failed(0, log)], { output: folder });
    const end = failures[0]?.examples[0]?.logEnd ?? [];
    assert.ok(end.length <= 20);
    assert.ok((end.at(-1) ?? '').length <= 241);
    const short = await dataOf([failed(0, lines.join('\n'))], { output: folder });
    assert.deepEqual(
      short.failures[0]?.examples[0]?.logEnd,
      upTo(20).map((line) => `line ${line + 30}`),
    );
  });

  it('has room for 40 groups of failures, and says how many more there are', async () => {
    const word = (index: number): string =>
      String.fromCharCode(97 + (index % 26)) + String.fromCharCode(97 + Math.floor(index / 26));
    const tasks = upTo(50).map((index) => failed(index, `${word(index)}\n`));
    const { failures, failuresLeftOut } = await dataOf(tasks, { output: folder });
    assert.equal(failures.length, 40);
    assert.deepEqual(failuresLeftOut, { groups: 10, tasks: 10 });
  });

  it('reads no log outside of the output folder, whatever a worker said its log was', async () => {
    const secret = join(folder, 'secret.log');
    writeFileSync(secret, 'a secret\n');
    const output = join(folder, 'out');
    mkdirSync(join(output, 'task-2'), { recursive: true });
    symlinkSync(secret, join(output, 'task-2', 'train.log'));
    const tasks = [
      failed(0, '', { name: secret, write: false }),
      failed(1, '', { name: '../../secret.log', write: false }),
      failed(2, '', { write: false }),
      failed(3, '', { name: 'missing.log', write: false }),
    ];
    const html = await htmlOf(tasks, { output });
    assert.doesNotMatch(html, /a secret/);
    assert.equal(dataIn(html).failures[0]?.count, 4);
  });

  it('is made of a sweep that has run: its tasks, its logs, and how it was started', async () => {
    const output = join(folder, 'out');
    const command = 'echo line of {x}; test {x} != 2 || (echo Boom: no {x} >&2; exit 3)';
    const run = new Sweep({
      output,
      variables: { x: [1, 2, 3] },
      commands: { train: command },
      metrics: { seen: 'line of (\\d)' },
    });
    await run.run();
    const { records } = Ledger.peek(output);
    const tasks = [...(run.plan ?? [])].map((task): SweepEntry => {
      const end = records.lastEnd(task.point.id);
      return end ? { task, end } : { task };
    });
    const { title, counts, columns, failures, starts } = await dataOf(tasks, { output });
    assert.deepEqual([title, counts.done, counts.failed], ['out', 2, 1]);
    assert.deepEqual(columns.find(({ name }) => name === 'x')?.values, [1, 2, 3]);
    assert.deepEqual(
      failures.map(({ line, class: name }) => [line, name]),
      [['Boom: no 2', 'exit']],
    );
    assert.deepEqual(failures[0]?.examples[0]?.logEnd?.slice(-2), ['line of 2', 'Boom: no 2']);
    const facts = new Map(starts[0]?.facts.map(([name, value]) => [name, value]));
    assert.match(facts.get('Versions') ?? '', /^Node \d+.*, pyworkers \d/);
    assert.match(facts.get('Command') ?? '', /mocha/);
  });
});

function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
