import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableFromIPC } from '@uwdata/flechette';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { SweepResults } from '#internal/sweep/results/sweep-results.js';
import { widthOf } from '#internal/sweep/results/text-width.js';
import { entries } from '../fixtures/sweep-entries.js';
import { command } from '../support/command.js';

const odd = SweepResults.of(
  entries([
    [
      { int: 2 ** 53 - 1, 'né, "q"': 'a"b,c\r\nd' },
      { float: 0.1, bool: true, text: '', json: { a: [1, 'é'] }, mixed: 1, never: null },
    ],
    [
      { int: -5, 'né, "q"': '日本 🚀' },
      { float: 2, bool: null, text: null, json: null, mixed: 'x' },
    ],
  ]),
);
const empty = odd.filter(() => false);
const many = SweepResults.of(
  entries(Array.from({ length: 100_000 }, (_, i) => [{ i, name: `n${i % 10}` }, { loss: i / 3 }])),
);

/** As other programs read it. */
function fieldsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

describe('Results written as text', () => {
  it('are CSV as RFC 4180 has it, from which null and an empty text can be told apart', () => {
    const csv = odd.toCsv();
    assert.deepEqual(fieldsOf(csv), [
      ['int', 'né, "q"', 'float', 'bool', 'text', 'json', 'mixed', 'never'],
      ['9007199254740991', 'a"b,c\r\nd', '0.1', 'true', '', '{"a":[1,"é"]}', '1', ''],
      ['-5', '日本 🚀', '2', '', '', '', 'x', ''],
    ]);
    assert.match(csv, /,true,"",/);
    assert.match(csv, /,2,,,,x,\r\n$/);
    assert.equal(empty.toCsv().split('\r\n').length, 2);
  });

  it('are CSV with every value as it is, or made harmless for a spreadsheet', () => {
    const results = SweepResults.of(
      entries([
        [
          { x: '=1+1', y: -1 },
          { z: '@x', a: 'a=b' },
        ],
      ]),
    );
    assert.equal(results.toCsv(), 'x,y,z,a\r\n=1+1,-1,@x,a=b\r\n');
    assert.equal(results.toCsv({ forSpreadsheet: true }), "\uFEFFx,y,z,a\r\n'=1+1,-1,'@x,a=b\r\n");
  });

  it('are JSON and lines of JSON that give the same rows back', () => {
    assert.deepEqual(JSON.parse(odd.toJson()), odd.toRecords());
    assert.deepEqual(
      odd
        .toJsonLines()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      odd.toRecords(),
    );
    assert.deepEqual([empty.toJson(), empty.toJsonLines()], ['[]\n', '']);
  });

  it('are Markdown that nothing in them breaks', () => {
    const results = SweepResults.of(entries([[{ x: 'a|b\nc' }, { loss: 0.123456789, html: '<b>' }]]));
    assert.equal(
      results.toMarkdown(),
      '| x | loss | html |\n| --- | ---: | --- |\n| a\\|b\\\\nc | 0.12346 | &lt;b> |\n',
    );
    assert.match(results.toMarkdown({ width: 4 }), /\| a\\\|b… \|/);
  });
});

describe('Results written as Parquet', () => {
  it('keep their types: whole numbers, fractions, booleans, null, any text, lists as JSON', async () => {
    const file = bufferOf(await odd.toParquet());
    const types = parquetMetadata(file).schema.slice(1).map(({ name, type }) => [name, type]); // biome-ignore format: one thought
    assert.deepEqual(types.slice(0, 4), [
      ['int', 'INT64'],
      ['né, "q"', 'BYTE_ARRAY'],
      ['float', 'DOUBLE'],
      ['bool', 'BOOLEAN'],
    ]);
    const rows = await parquetReadObjects({ file });
    assert.deepEqual(rows, [
      {
        int: 2n ** 53n - 1n,
        'né, "q"': 'a"b,c\r\nd',
        float: 0.1,
        bool: true,
        text: '',
        json: '{"a":[1,"é"]}',
        mixed: '1',
        never: null,
      },
      { int: -5n, 'né, "q"': '日本 🚀', float: 2, bool: null, text: null, json: null, mixed: '"x"', never: null },
    ]);
  });

  it('say which columns are parameters', async () => {
    const { key_value_metadata: notes = [] } = parquetMetadata(bufferOf(await odd.toParquet()));
    const columns = notes.find(({ key }) => key === 'pyworkers.columns')?.value ?? '';
    assert.deepEqual(JSON.parse(columns), odd.columns);
  });

  it('may have no rows, or 100,000', async () => {
    const none = bufferOf(await empty.toParquet());
    assert.deepEqual(await parquetReadObjects({ file: none }), []);
    assert.equal(parquetMetadata(none).schema.length, 9);
    const rows = await parquetReadObjects({ file: bufferOf(await many.toParquet()) });
    assert.equal(rows.length, 100_000);
    assert.deepEqual(rows[99_999], { i: 99_999n, name: 'n9', loss: 33_333 });
  });
});

describe('Results written as Arrow', () => {
  it('keep their types', async () => {
    const table = tableFromIPC(await odd.toArrow(), { useBigInt: true });
    assert.deepEqual(table.toArray(), [
      {
        int: 2n ** 53n - 1n,
        'né, "q"': 'a"b,c\r\nd',
        float: 0.1,
        bool: true,
        text: '',
        json: '{"a":[1,"é"]}',
        mixed: '1',
        never: null,
      },
      { int: -5n, 'né, "q"': '日本 🚀', float: 2, bool: null, text: null, json: null, mixed: '"x"', never: null },
    ]);
  });

  it('may have no rows, or 100,000', async () => {
    const none = tableFromIPC(await empty.toArrow());
    assert.deepEqual([none.numRows, none.numCols], [0, 8]);
    const table = tableFromIPC(await many.toArrow());
    assert.equal(table.numRows, 100_000);
    assert.equal(table.getChild('loss').at(99_999), 33_333);
  });
});

describe('The packages that write binary files', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const hooks = new URL('../packaging/import-hooks.js', import.meta.url).href;

  /** Whether a script loads anything of them. */
  async function loadedBy(script: string): Promise<string[]> {
    const code = `const { SweepResults } = await import('#internal/sweep/results/sweep-results.js'); ${script}`;
    const register = `data:text/javascript,import{register}from'node:module';register('${hooks}')`;
    const urls = await command(process.execPath, ['--import', register, '--eval', `(async () => {${code}})()`], root);
    return ['flechette', 'hyparquet-writer'].filter((name) => urls.includes(`/${name}/`));
  }

  it('are loaded when they are needed', async () => {
    assert.deepEqual(await loadedBy('SweepResults.of([]).toCsv();'), []);
    assert.deepEqual(await loadedBy('await SweepResults.of([]).toParquet();'), ['hyparquet-writer']);
    assert.deepEqual(await loadedBy('await SweepResults.of([]).toArrow();'), ['flechette']);
  });
});

describe('A file of results', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyworkers-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is of the kind that its name says, in a folder that is made, with nothing left beside it', async () => {
    const names = ['a.arrow', 'a.csv', 'a.feather', 'a.json', 'a.jsonl', 'a.md', 'a.ndjson', 'a.parquet'];
    for (const name of names) await odd.write(join(folder, 'deep', name));
    assert.deepEqual(readdirSync(join(folder, 'deep')), names);
    const start = (name: string): string => readFileSync(join(folder, 'deep', name), 'latin1').slice(0, 4);
    assert.deepEqual(['a.parquet', 'a.arrow', 'a.csv'].map(start), ['PAR1', 'ARRO', 'int,']);
  });

  it('is as it was where the new one cannot be written', async () => {
    await odd.write(join(folder, 'a.csv', 'in-the-way.csv'));
    await assert.rejects(odd.write(join(folder, 'a.csv')));
    assert.deepEqual(readdirSync(folder), ['a.csv']);
  });

  it('has to have a name that says its kind', async () => {
    await assert.rejects(odd.write(join(folder, 'a.xlsx')), /Nothing is known of files like .*a\.xlsx.*\.csv, \.json/);
  });
});

describe('Results to be printed', () => {
  const wide = SweepResults.of(
    entries(
      [1, 2, 3].map((n) => [
        { name: `日本語 ${'x'.repeat(40)}`, n },
        { loss: 1 / n, note: 'é'.repeat(50) },
      ]),
    ),
  );

  it('are lines that say what one looks for', () => {
    const results = SweepResults.of(entries([[{ model: 'small' }, { loss: 0.25 }], [{ model: 'large' }, { loss: 10 }]])); // biome-ignore format: a table
    assert.deepEqual(results.table(), ['model  loss', '─────  ────', 'small  0.25', 'large    10']); // biome-ignore format: a table
  });

  it('are never wider than they may be, in columns of the terminal', () => {
    for (let width = 1; width <= 140; width += 1) {
      for (const line of wide.table({ width, maxRows: 2 })) assert.ok(widthOf(line) <= width, `${width}: ${line}`);
    }
  });

  it('say what was left out', () => {
    assert.equal(wide.table({ width: 60, maxRows: 1 }).at(-1), '… 2 more rows');
    const narrow = wide.table({ width: 25, maxRows: 2 });
    assert.deepEqual([narrow[0], narrow.at(-1)], ['name              n  loss', '… 1 more row; 1 more col…']);
    assert.equal(wide.table({ width: 200 }).length, 5);
  });

  it('show a mean with its deviation', () => {
    const rows = [0.5, 0.7].map((loss, seed) => [{ seed, lr: 1 }, { loss }] as const);
    const over = SweepResults.of([...entries(rows)]).overSeeds();
    assert.match(over.table().at(-1) ?? '', /^ 1 {2}0\.6 ± 0\.14 {2}2$/);
  });

  it('let no control character through to the terminal', () => {
    const results = SweepResults.of(entries([[{ 'a\u001b[2J': 'x\ny' }, { z: '\u001b]0;title\u0007\u202e' }]]));
    const text = results.table().join('');
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u);
    assert.match(text, /\\u\{1b\}\[2J.*x\\ny/);
  });

  it('are nothing where there is nothing', () => {
    assert.deepEqual(SweepResults.of([]).table(), []);
    assert.deepEqual(empty.select('int', 'bool').table(), ['int  bool', '───  ────']);
    assert.throws(() => wide.table({ width: 0 }), /"width" takes a whole number from 1/);
  });
});
