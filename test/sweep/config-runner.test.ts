import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LoadOptions, loadSweepFile, Sweep, SweepFileError, type SweepSpec } from 'pyworkers/sweep';
import { fillTemplate, parseTemplate } from '#internal/task/command/template.js';

const example = fileURLToPath(new URL('../../../test/fixtures/runner-params.yaml', import.meta.url));

/** Folder by folder, the commands that are run there; the output folder is called `output`. */
function linesOf(spec: SweepSpec): Record<string, Record<string, string>> {
  const { plan } = new Sweep({}, { file: spec });
  assert.ok(plan && typeof spec.commands === 'object');
  const commands = Object.entries(spec.commands);
  return Object.fromEntries(
    [...plan].map(({ folder, point, only }) => [
      folder,
      Object.fromEntries(
        commands
          .filter(([name]) => (spec.only ?? only)?.includes(name) ?? true)
          .map(([name, template]) => [
            name,
            fillTemplate(parseTemplate(template), {
              ...point,
              reserved: { _name: folder, _output: `output/${folder}`, _time: 'now', _id: point.id },
            }),
          ]),
      ),
    ]),
  );
}

describe('A file for simtony/runner', () => {
  let folder: string;
  let cwd: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-runner-'));
    cwd = process.cwd();
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(cwd);
    rmSync(folder, { recursive: true, force: true });
  });

  const load = (text: string, options: LoadOptions = {}): ReturnType<typeof loadSweepFile> => {
    writeFileSync('params.yaml', text);
    return loadSweepFile('params.yaml', options);
  };
  const small = (more: string, head = ''): string =>
    `template:\n  train: echo [lr] [seed]\nresource: [0]\ndefault: {lr: 0.1, seed: 0}\n${head}---\n${more}\n`;
  const foldersOf = ({ spec }: { spec: SweepSpec }): string[] =>
    [...(new Sweep({}, { file: spec }).plan ?? [])].map((task) => task.folder);
  const problemsOf = async (text: string, options: LoadOptions = {}): Promise<string[]> => {
    const error = await load(text, options).then(
      () => assert.fail('it was taken'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof SweepFileError, String(error));
    return error.message.split('\n');
  };

  it('gives the folders and command lines that runner gives', async () => {
    const { spec, kind, notes } = await loadSweepFile(example);
    assert.equal(kind, 'runner');
    assert.deepEqual(notes, []);
    const common = (width: number, depth: number, name: string): Record<string, string> => ({
      train: `printf '%s\\n' gpu=$CUDA_VISIBLE_DEVICES train.py ${width} --depth ${depth} --name ${name} --to output/${name}`,
      tied: "printf '%s\\n' gpu=$CUDA_VISIBLE_DEVICES tied.py --encoder-embed 32 --decoder-embed 32",
      norm: "printf '%s\\n' gpu=$CUDA_VISIBLE_DEVICES norm.py --norm-first --eps 1e-05",
      eval: `true first && printf '%s\\n' gpu=$CUDA_VISIBLE_DEVICES eval.py ${width} --depth ${depth} | cat`,
    });
    assert.deepEqual(linesOf(spec), {
      'Width_4-Depth_4': common(4, 4, 'Width_4-Depth_4'),
      Width_4: common(4, 1, 'Width_4'),
      Dummy_1: common(8, 1, 'Dummy_1'),
      Embed_64: {
        ...common(8, 1, 'Embed_64'),
        tied: "printf '%s\\n' gpu=$CUDA_VISIBLE_DEVICES tied.py --encoder-embed 64 --decoder-embed 64",
      },
      Norm_post: { ...common(8, 1, 'Norm_post'), norm: "printf '%s\\n' gpu=$CUDA_VISIBLE_DEVICES norm.py --eps 0.1" },
      Size_small: common(16, 2, 'Size_small'),
    });
    const { orphans, plan } = new Sweep({}, { file: spec });
    assert.deepEqual(orphans, ['dummy']);
    assert.equal(plan?.duplicates, 1, 'a pack that comes to the same parameters is not run again');
    assert.equal(spec.output, 'output');
  });

  it('runs it, each worker with the GPUs of its resource for all parts of a command', async () => {
    const { spec } = await loadSweepFile(example);
    const results = await new Sweep({}, { file: spec }).run();
    assert.equal(results.missing.length, 0);
    const seen = new Set<string>();
    for (const name of readdirSync('output').filter((each) => each !== '.pyw')) {
      const logs = readdirSync(join('output', name)).filter((file) => file.startsWith('log.'));
      assert.equal(logs.length, 4, name);
      for (const log of logs) seen.add(readFileSync(join('output', name, log), 'utf8').split('\n')[0] ?? '');
    }
    assert.deepEqual([...seen].sort(), ['gpu=0', 'gpu=1,2']);
  }).timeout(30_000);

  it('chooses by title, by command and by sample', async () => {
    const titled = await loadSweepFile(example, { titles: ['case alias', 'list pack'] });
    assert.deepEqual(Object.keys(linesOf(titled.spec)), ['Norm_post', 'Width_4-Depth_4']);
    const one = await loadSweepFile(example, { only: ['eval', 'train'] });
    assert.deepEqual(Object.keys(linesOf(one.spec).Dummy_1 ?? {}), ['train', 'eval']);
    const drawn = await load(small('lr: [1, 2, 3, 4]\nseed: [0, 1]\n---\nlr: [7]'), { samplePerSpace: 3 });
    const folders = foldersOf(drawn);
    assert.equal(folders.length, 4, 'three of eight, and one of one');
    assert.deepEqual(
      foldersOf(await load(small('lr: [1, 2, 3, 4]\nseed: [0, 1]\n---\nlr: [7]'), { samplePerSpace: 3 })),
      folders,
    );
    await assert.rejects(loadSweepFile(example, { titles: ['by defalt'] }), /"by defalt". Did you mean "by default"\?/);
    await assert.rejects(loadSweepFile(example, { only: ['trian'] }), /trian/);
  });

  it('names folders as runner does', async () => {
    writeFileSync('there.txt', '');
    const text = `template: {run: "echo {x} [learning_rate] [a_long-name_x] [ffn2dim_x]"}
resource: [0]
default: {x: 0, learning_rate: 1, a_long-name_x: 0, ffn2dim_x: false}
---
x: [1e-4, 1.0e-4, 0.1, 1.0, 3.14159265, 123456789, 0x1F, 017, '1:30', 1:30, off, /abs/data/x, ./rel/y/]
---
x: [${join(folder, 'there.txt')}, 1.5e3, 1.5e+3, a_very_long_value_${'0123456789'.repeat(12)}]
---
learning_rate: [2]
a_long-name_x: [3]
ffn2dim_x: [true]
`;
    assert.deepEqual(foldersOf(await load(text)), [
      'X_1e-4',
      'X_0.0001',
      'X_0.1',
      'X_1',
      'X_3.14159',
      'X_1.23457e+08',
      'X_31',
      'X_15',
      'X_1:30',
      'X_90',
      'X_F',
      'X_abs_data_x',
      'X_rel_y_',
      'X_there.txt',
      'X_1.5e3',
      'X_1500',
      `X_${'0123456789'.repeat(10)}`,
      'LeRate_2-A_Name_X_3-FfX_T',
    ]);
  });

  it('puts values into commands as Python writes them', async () => {
    const text = `template: {run: "echo {a} {b} {c} {d} {e} {f} {g} [h] [i] [j]"}
resource: [0]
---
a: [1e-4]
b: [1.0e-5]
c: [1.0]
d: [0x1F]
e: [yes]
f: [1_000]
g: ['it''s; rm -rf /']
h: [no]
i: [on]
j: [12345678901234567890]
`;
    const [commands] = Object.values(linesOf((await load(text)).spec));
    assert.equal(commands?.run, "echo 1e-4 1e-05 1.0 31 True 1000 'it'\\''s; rm -rf /' --i --j 12345678901234567890");
  });

  it('never gives two points one folder, whatever part of the file is run', async () => {
    const text = small('_title: one\nlr: [0.1234567, 0.12345671]\n---\n_title: two\nlr: [0.12345672]\n---\nlr: [0.1]');
    const all = ['Lr_0.123457', 'Lr_0.123457~lr=0.12345671', 'Lr_0.123457~lr=0.12345672', 'Lr_0.1'];
    assert.deepEqual(foldersOf(await load(text)), all);
    assert.deepEqual(foldersOf(await load(text, { titles: ['two'] })), all.slice(2, 3));
    const names = Array.from({ length: 9 }, (_, i) => `long-parameter-${i}: ['${'x'.repeat(60)}']`).join('\n');
    const [long = ''] = foldersOf(await load(`template: {a: echo}\nresource: [0]\n---\n${names}`));
    assert.ok(Buffer.byteLength(long) <= 255 && /~~[0-9a-f]{24}$/.test(long), long);
  });

  it('reads what later versions of runner have: _cmd, scalars, cases of an alias for what no command names', async () => {
    const text = `template:
  train: echo train {a} [b]
  test: echo test {a}
  both: echo both
alias:
  preset: {low: {a: 1, b: x}, high: {a: 2, b: y}}
default: {a: 0, b: z}
resource: [0]
---
_cmd: train
preset: [low, high]
---
_cmd: [test]
preset: high
---
_cmd: [test, both]
a: 5
`;
    assert.deepEqual(linesOf((await load(text)).spec), {
      Preset_low: { train: 'echo train 1 --b x' },
      Preset_high: { train: 'echo train 2 --b y', test: 'echo test 2' },
      A_5: { test: 'echo test 5', both: 'echo both' },
    });
    assert.deepEqual(linesOf((await load(text, { only: ['both'] })).spec).Preset_low, { both: 'echo both' });
  });

  it('leaves alone what only looks like a parameter', async () => {
    const text = `template: {run: 'echo \${HOME} "\${LIST[0]}" {1..3} $(date +%s) [0] {lr}'}\nresource: [0]\n---\nlr: [1]\n`;
    const [commands] = Object.values(linesOf((await load(text)).spec));
    assert.equal(commands?.run, `echo \${HOME} "\${LIST[0]}" {1..3} $(date +%s) [0] 1`);
  });

  it('gives each resource a worker, and none of the GPUs to one that names none', async () => {
    const { spec, notes } = await load(small('lr: 1').replace('[0]', '[0, 0, "1, 2", cpu, "", "3,x"]'));
    assert.deepEqual(spec.workers?.gpus, { gpus: ['0', '0', '1,2', '', '', '3'], missing: 'take' });
    assert.match(notes.join('\n'), /"cpu".*none\n.*"3,x".*sees 3/);
  });

  it('records failures, skips what follows them, and runs again only what is left', async () => {
    const text = (test: string, more = ''): string => `template:
  train: echo ran >> {_output}/train.txt
  test: ${test}
${more}resource: [0]
---
lr: [1, 2]
`;
    const run = async (
      content: string,
      options: LoadOptions = {},
      call: SweepSpec = {},
    ): Promise<Record<string, string[]>> => {
      const { spec } = await load(content, options);
      const results = await new Sweep(call, { file: spec }).run();
      return Object.fromEntries(
        [...results.missing].map(({ params, reason }) => [`Lr_${params.lr}`, [String(reason)]]),
      );
    };
    const trained = (name: string): number =>
      readFileSync(join('output', name, 'train.txt'), 'utf8')
        .trim()
        .split('\n').length;
    const isThere = (name: string, file: string): boolean => readdirSync(join('output', name)).includes(file);
    const failing = 'test [lr] != 2 && touch {_output}/tested'.replace('[lr]', '{lr}');
    assert.deepEqual(Object.keys(await run(text(failing), { only: ['train'] })), []);
    assert.deepEqual(Object.keys(await run(text(failing))), ['Lr_2']);
    assert.ok(isThere('Lr_1', 'tested') && !isThere('Lr_2', 'tested'));
    assert.deepEqual([trained('Lr_1'), trained('Lr_2')], [1, 1], 'what was done is not done again');
    const added = '  third: touch {_output}/third\n';
    assert.deepEqual(Object.keys(await run(text(failing, added))), ['Lr_2']);
    assert.ok(isThere('Lr_1', 'third') && !isThere('Lr_2', 'third'));
    assert.deepEqual(await run(text('touch {_output}/tested', added), {}, { changed: 'accept' }), {});
    assert.deepEqual([trained('Lr_1'), trained('Lr_2')], [1, 1]);
    assert.deepEqual(
      await run(text('touch {_output}/tested', added), { only: ['train'] }, { existing: 'overwrite', only: ['train'] }),
      {},
    );
    assert.deepEqual([trained('Lr_1'), trained('Lr_2')], [2, 2], 'one command again, with what the others have left');
    assert.ok(isThere('Lr_2', 'third'));
  }).timeout(60_000);

  it('knows a point again, whatever commands are chosen', async () => {
    const idsOf = async (options: LoadOptions): Promise<string[]> => {
      const { plan } = new Sweep({}, { file: (await loadSweepFile(example, options)).spec });
      return [...(plan ?? [])].map(({ point }) => point.id);
    };
    assert.deepEqual(await idsOf({ only: ['train'] }), await idsOf({}));
    assert.deepEqual(await idsOf({ titles: ['list alias'] }), (await idsOf({})).slice(3, 4));
  });

  it('leaves nothing behind by being planned', async () => {
    const { spec } = await load(small('lr: [1, 2]'));
    assert.equal(new Sweep({}, { file: spec }).plan?.size, 2);
    assert.deepEqual(readdirSync('.'), ['params.yaml']);
  });

  it('takes an output folder on with further documents, titled or not', async () => {
    const run = async (more: string): Promise<number> => {
      const { spec } = await load(small(more, 'alias: {seed: {0: {s: zero}, 1: {s: one}}}\n'));
      return (await new Sweep({}, { file: spec }).run()).length;
    };
    assert.equal(await run('lr: [1]'), 1);
    assert.equal(await run('lr: [1]\n---\nseed: [1]'), 2);
    assert.equal(await run('lr: [1]\n---\nseed: [1]\n---\n_title: more\nlr: [5]'), 3);
  }).timeout(30_000);

  it('tells what has no effect', async () => {
    const { notes } = await load(small('lr: 1', 'defaults: {x: 1}\n'));
    assert.deepEqual(notes, ['line 5: "defaults" has no effect (did you mean "default"?)']);
  });

  const wrong: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'no resource',
      'template: {a: echo}\n---\nx: [1]\n',
      ['1:1: the first document needs "resource", a list with an entry for each worker: resource: [0, 1, "2,3"]'],
    ],
    [
      'a resource that is no list',
      'template: {a: echo}\nresource: 0\n---\nx: [1]\n',
      ['2:11: "resource" takes a list with an entry for each worker: resource: [0, 1, "2,3"]'],
    ],
    ['no template', 'template:\nresource: [0]\n---\nx: [1]\n', ['1:10: "template" takes keys and values, not nothing']],
    [
      'a template that is no text',
      'template: {a: [echo]}\nresource: [0]\n---\nx: [1]\n',
      ['1:15: the command "a" is a text, not a list'],
    ],
    [
      'no choices',
      'template: {a: echo}\nresource: [0]\n',
      ['1:1: there is no document with choices after the first one; write "---" and then: lr: [0.1, 0.01]'],
    ],
    ['a document that is a list', small('- 1'), ['6:1: a document has choices, as lr: [0.1, 0.01], not a list']],
    ['a choice that is a map', small('lr: {a: 1}'), ['6:5: "lr" takes a list of values, not keys and values']],
    [
      'a parameter that is not given',
      'template: {a: "echo {lr}"}\nresource: [0]\n---\nlrr: [1]\n',
      ['4:1: the command "a" needs "lr", which neither this document gives nor "default" (did you mean "lrr"?)'],
    ],
    [
      'a case that is not there',
      small('seed: [one, twp]', 'alias: {seed: {one: {s: 1}, two: {s: 2}, 0: {s: 0}}}\n'),
      ['7:13: "twp" is no case of "seed" under "alias" (did you mean "two"?)'],
    ],
    [
      'an alias that is a word',
      small('lr: 1', 'alias: {seed: s}\n'),
      ['5:15: "seed" under "alias" takes a list of names, or cases with the parameters that each sets, not "s"'],
    ],
    [
      'a case that is no map',
      small('lr: 1', 'alias: {seed: {0: 1}}\n'),
      ['5:19: the case "0" of "seed" under "alias" takes parameters and values, not 1'],
    ],
    [
      'a packed parameter in a command',
      small('lr: 1', 'pack: {seed: [a]}\n'),
      ['2:10: the command "train" uses "seed", but what it is packed of is put in, not itself'],
    ],
    [
      'a command that is not there',
      small('_cmd: trian\nlr: 1'),
      ['6:7: there is no command "trian" (did you mean "train"?)'],
    ],
    [
      'a default that is no map',
      small('lr: 1').replace(/default: .*/, 'default: [1]'),
      ['4:10: "default" takes keys and values, not a list'],
    ],
    [
      'a name that is reserved',
      small('_x: 1'),
      ['6:1: Point 1: "_x" cannot name a parameter: names that begin with "_" are reserved.'],
    ],
    ['nothing to run', small('lr: []'), ['1:1: no document has a choice to run']],
  ];
  for (const [what, text, expected] of wrong) {
    it(`says where and what is wrong: ${what}`, async () => {
      assert.deepEqual(
        await problemsOf(text),
        expected.map((line) => `params.yaml:${line}`),
      );
    });
  }

  it('is only a file that has commands and resources, or several documents', async () => {
    const { kind } = await loadSweepFile(example);
    assert.equal(kind, 'runner');
    cpSync(example, 'copy.yml');
    assert.equal((await loadSweepFile('copy.yml')).kind, 'runner');
    writeFileSync('own.yaml', 'commands: echo {x}\nvariables: {x: [1]}\n');
    assert.equal((await loadSweepFile('own.yaml')).kind, 'yaml');
  });
});
