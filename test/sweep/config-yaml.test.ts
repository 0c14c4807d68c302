import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSweepFile, loadSweepFile, type Sourced, Sweep, type SweepFile, SweepFileError } from 'pyworkers/sweep';

describe("A sweep's file in YAML", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-config-'));
    writeFileSync(
      join(folder, 'tasks.mjs'),
      `export const double = ({ x }) => ({ y: 2 * x, type: typeof x });
export const nothing = 1;
export const isFine = (params, dir, end) => params.x !== 3;
export const search = { next: (history) => (history.length < 3 ? { x: history.length } : undefined) };
export const late = (progress) => progress.step > 3;
export const makeModel = (size) => ({ size });
`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const load = (text: string, name = 'sweep.yaml'): Promise<SweepFile> => {
    writeFileSync(join(folder, name), text);
    return loadSweepFile(join(folder, name));
  };
  const errorOf = async (text: string): Promise<SweepFileError> => {
    const error = await load(text).then(
      () => assert.fail('it was taken'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof SweepFileError, String(error));
    return error;
  };
  const problemsOf = async (text: string): Promise<string[]> =>
    (await errorOf(text)).message
      .replaceAll(`${join(folder, 'sweep.yaml')}:`, '')
      .replaceAll(folder, '')
      .split('\n');

  it('is run as it stands, functions and all', async () => {
    const { spec, kind, notes, path } = await load(`
title: first
variables:
  x: [1, 2.0, 3]
  size: { values: [small], load: tasks.mjs#makeModel }
task: tasks.mjs#double
verify: tasks.mjs#isFine
workers: { count: 1, kind: thread, env: { N: 4 } }
`);
    assert.deepEqual([kind, notes, path], ['yaml', [], join(folder, 'sweep.yaml')]);
    assert.equal(spec.output, join(folder, 'sweep-output'));
    assert.deepEqual(spec.workers?.env, { N: '4' });
    const results = await new Sweep({}, { file: spec }).run();
    assert.deepEqual(results.toRecords(), [
      { x: 1, size: 'small', y: 2, type: 'number' },
      { x: 2, size: 'small', y: 4, type: 'number' },
    ]);
    assert.deepEqual(results.missing.params(), [{ x: 3, size: 'small' }]);
  }).timeout(20_000);

  it('keeps a copy of the file with the records', async () => {
    const text = 'variables: { x: [1] }\ncommands: "true {x}"\n';
    const { spec, path } = await load(text);
    await new Sweep({}, { file: spec, configuration: { name: path, text } }).run();
    const starts = join(folder, 'sweep-output', '.pyw', 'starts');
    const copy = readdirSync(starts).find((name) => name.endsWith('.sweep.yaml'));
    assert.equal(readFileSync(join(starts, copy ?? ''), 'utf8'), text);
  }).timeout(20_000);

  it('gives commands the text of a value, and functions the value', async () => {
    const { spec } = await load(`
variables:
  lr: [1e-4, 1.0, 0x1F, +1e3, .5, 0o17, -0.0]
  flag: [True, false]
  word: [yes, on, 2020-01-01, 1_000, 12:30, "1.0", '1e-4', ~, null]
  one: 3.10
  pair: { zip: { a: [1.50, 2], b: { values: [x, 1e2] } } }
  listed: { values: [[0.90, 1], { k: 1.0 }] }
defaults: { d: 1.10, s: 'quo"ted' }
aliases: { one: { 3.10: { w: 7.00 } } }
include: [{ lr: 0.20 }]
commands: echo {lr}
`);
    const { lr, flag, word, one, pair, listed } = spec.variables as Record<string, unknown>;
    const textsOf = (list: unknown): unknown[] =>
      (list as (Sourced | string | null)[]).map((each) => (typeof each === 'object' && each ? each.text : each));
    const valuesOf = (list: unknown): unknown[] =>
      (list as (Sourced | string | null)[]).map((each) => (typeof each === 'object' && each ? each.value : each));
    assert.deepEqual(textsOf(lr), ['1e-4', '1.0', '0x1F', '+1e3', '.5', '0o17', '-0.0']);
    assert.deepEqual(valuesOf(lr), [0.0001, 1, 31, 1000, 0.5, 15, -0]);
    assert.deepEqual([textsOf([(flag as unknown[])[0]]), valuesOf(flag)], [['True'], [true, false]]);
    assert.deepEqual(word, ['yes', 'on', '2020-01-01', '1_000', '12:30', '1.0', '1e-4', null, null]);
    assert.deepEqual(textsOf(one), ['3.10']);
    const { zip } = pair as { zip: { a: unknown; b: { values: unknown } } };
    assert.deepEqual(
      [textsOf(zip.a), textsOf(zip.b.values)],
      [
        ['1.50', 2],
        ['x', '1e2'],
      ],
    );
    assert.deepEqual((listed as { values: unknown }).values, [[0.9, 1], { k: 1 }]);
    assert.deepEqual(textsOf(Object.values(spec.defaults ?? {})), ['1.10', 'quo"ted']);
    assert.deepEqual(textsOf(Object.values(spec.aliases?.one?.['3.10'] ?? {})), ['7.00']);
    assert.deepEqual(textsOf(Object.values(spec.include?.[0] ?? {})), ['0.20']);
    const plan = (await load('variables: { lr: [1e-4, 1.0] }\ncommands: echo {lr} [lr]', 'a.yaml').catch(
      (error: Error) => error,
    )) as Error;
    assert.match(plan.message, /both as \{lr\} and as \[lr\]/);
  });

  it('follows anchors, merges keys and takes JSON', async () => {
    const { spec } = await load(`
spaces:
  - &base
    title: a
    variables: &some { x: [1, 2], y: &list [3] }
  - { <<: *base, title: b, repeats: 2 }
  - { variables: { <<: *some, z: *list, x: 5 } }
commands: echo {x} {y}
`);
    assert.deepEqual(spec.spaces, [
      { title: 'a', variables: { x: [1, 2], y: [3] } },
      { variables: { x: [1, 2], y: [3] }, title: 'b', repeats: 2 },
      { variables: { y: [3], z: [3], x: [5] } },
    ]);
    const json = await load(
      '{"$schema": "x.json", "variables": {"x": [1]}, "commands": {"a": "echo {x}"}}',
      'sweep.json',
    );
    assert.deepEqual(json.spec.commands, { a: 'echo {x}' });
    assert.ok(!('$schema' in json.spec));
  });

  it('takes paths relative to the file', async () => {
    mkdirSync(join(folder, 'sub'));
    const { spec } = await load(`
variables: { x: [1] }
commands: echo {x}
output: out/first
workers: { cwd: sub, hosts: [{ host: far, tokenFile: keys/token, root: ., output: /there, cwd: over/there }, near:60006] }
`);
    assert.equal(spec.output, join(folder, 'out/first'));
    assert.equal(spec.workers?.cwd, join(folder, 'sub'));
    assert.deepEqual(spec.workers?.hosts, [
      { host: 'far', tokenFile: join(folder, 'keys/token'), root: folder, output: '/there', cwd: 'over/there' },
      'near:60006',
    ]);
  });

  it('says of GPUs, here and on hosts, all that can be said of them', async () => {
    const gpus = { gpus: 0.5, include: ['*A100*', 3], avoid: [0], minFreeMb: 20000, idle: true, style: 'uuid' };
    const { spec } = await load(`
variables: { x: [1] }
commands: echo {x}
workers:
  gpus: ${JSON.stringify(gpus)}
  hosts: [{ host: a, gpus: 2 }, { host: b, gpus: [0, '1,2', { gpus: 3, share: 0.5 }] }, { host: c, gpus: inherit }]
`);
    assert.deepEqual(spec.workers?.gpus, gpus);
    const [a, b, c] = (spec.workers?.hosts ?? []).map((host) => (typeof host === 'string' ? host : host.gpus));
    assert.deepEqual([a, b, c], [2, [0, '1,2', { gpus: 3, share: 0.5 }], 'inherit']);
    new Sweep({}, { file: spec });
  });

  it('has rules that stop early, a search and hooks', async () => {
    const { spec } = await load(`
search: tasks.mjs#search
task: tasks.mjs#double
stopIf:
  - median: { metric: loss, graceSteps: 3 }
  - asha: { metric: acc, goal: max, maxStep: 9, reduction: 3 }
  - tasks.mjs#late
hooks: { beforeAll: tasks.mjs#makeModel }
`);
    assert.equal(typeof spec.search?.next, 'function');
    const [median, asha, late] = spec.stopIf as unknown[] as [
      { look: unknown },
      { look: unknown },
      (progress: object) => boolean,
    ];
    assert.deepEqual([typeof median.look, typeof asha.look, late({ step: 4 })], ['function', 'function', true]);
    assert.equal(typeof spec.hooks?.beforeAll, 'function');
  });

  it('is chosen from by title, command and sample', async () => {
    const text = `
spaces: [{ title: a, variables: { x: [1, 2, 3] } }, { title: b, variables: { x: [4] }, only: two }]
commands: { one: 'echo {x}', two: 'echo {x}' }
`;
    const { path } = await load(text);
    const planned = async (options: Parameters<typeof loadSweepFile>[1]): Promise<unknown> => {
      const { plan } = new Sweep({}, { file: (await loadSweepFile(path, options)).spec });
      return [...(plan ?? [])].map(({ point, only }) => [point.params.x, only]);
    };
    assert.deepEqual(await planned({ titles: ['b'] }), [[4, ['two']]]);
    assert.equal(((await planned({ samplePerSpace: 2 })) as unknown[]).length, 3);
    assert.deepEqual((await loadSweepFile(path, { only: ['one'] })).spec.only, ['one']);
    await assert.rejects(loadSweepFile(path, { titles: ['c'] }), /nothing in it has the title "c"\. .*a/);
    const untitled = await load('variables: { x: [1] }\ncommands: echo {x}', 'untitled.yaml');
    await assert.rejects(loadSweepFile(untitled.path, { titles: ['a'] }), /nothing in it has a title/);
  });

  it('is found by its name, in a fixed order', async () => {
    assert.equal(findSweepFile(folder), undefined);
    for (const name of ['params.yaml', 'sweep.config.mjs', 'sweep.config.ts', 'sweep.yml', 'sweep.yaml']) {
      writeFileSync(join(folder, name), '');
      assert.equal(findSweepFile(folder), join(folder, name));
    }
    await assert.rejects(loadSweepFile(join(folder, 'none.yaml')), /none\.yaml: there is no such file/);
    await assert.rejects(
      loadSweepFile(join(folder, 'sweep.toml')).finally(() => {}),
      /there is no such file/,
    );
    writeFileSync(join(folder, 'sweep.toml'), '');
    await assert.rejects(loadSweepFile(join(folder, 'sweep.toml')), /this is no file of a sweep/);
    mkdirSync(join(folder, 'dir.yaml'));
    await assert.rejects(loadSweepFile(join(folder, 'dir.yaml')), /this is a folder/);
  });

  const works = 'commands: echo {x}\n';
  const wrong: readonly (readonly [string, string, readonly (string | RegExp)[]])[] = [
    ['an unknown key', `${works}varaibles: { x: [1] }\n`, ['2:1: unknown key "varaibles" (did you mean "variables"?)']],
    [
      'an unknown key within',
      `${works}variables: { x: [1] }\nworkers:\n  count: 2\n  gpu: 1\n`,
      ['5:3: unknown key "gpu" in "workers" (did you mean "gpus"?)'],
    ],
    [
      'an unknown key like none',
      `${works}variables: { x: [1] }\nsample: { count: 1, whatever: 2 }\n`,
      ['3:21: unknown key "whatever" in "sample"; there are: count, seed'],
    ],
    [
      'a key that is there twice',
      `${works}variables:\n  x: [1]\n  y: [1]\n  x: [2]\n`,
      ['5:3: the key "x" is there already, in line 3'],
    ],
    [
      'a word for a number',
      `${works}variables: { x: [1] }\nlimit: many\n`,
      ['3:8: "limit" takes a whole number from 1, not "many"'],
    ],
    [
      'a number that is too small',
      `${works}variables: { x: [1] }\nlimit: 0\n`,
      ['3:8: "limit" takes a whole number from 1, not 0'],
    ],
    [
      'a fraction',
      `${works}variables: { x: [1] }\nmaxFailures: 1.5\n`,
      ['3:14: "maxFailures" takes a whole number from 1, not 1.5'],
    ],
    [
      'a word of a few',
      `${works}variables: { x: [1] }\nonFailure: stopp\n`,
      ['3:12: "onFailure" takes continue, silent or stop, not "stopp" (did you mean "stop"?)'],
    ],
    [
      'yes for true',
      `${works}variables: { x: [1] }\ncanary: yes\n`,
      ['3:9: "canary" takes true or false, not "yes"; in YAML 1.2 that is a word'],
    ],
    [
      'a number for a text',
      `${works}variables: { x: [1] }\nprometheus: { port: 1, host: 10 }\n`,
      ['3:30: "host" takes a text, not 10; put it in quotes'],
    ],
    [
      'a list for keys and values',
      `${works}variables: [1, 2]\n`,
      ['2:12: "variables" takes keys and values, not a list'],
    ],
    ['nothing for keys and values', `${works}variables:\n`, ['2:11: "variables" takes keys and values, not nothing']],
    ['what has to be there', `${works}variables: { x: [1] }\nsample: { seed: 1 }\n`, ['3:9: "sample" needs "count"']],
    ['an empty list', `${works}variables: { x: [] }\n`, ['2:17: "x" is empty; give at least one']],
    [
      'a variable of no form',
      `${works}variables: { x: { value: [1] } }\n`,
      ['2:19: "x" has none of: values, or from and to, or zip (did you mean "values"?)'],
    ],
    ['a range without its end', `${works}variables:\n  x: { from: 1, count: 3 }\n`, ['3:6: "x" needs "to"']],
    [
      'a range that cannot be',
      `${works}variables:\n  x: { from: 1, to: 3, step: -1 }\n`,
      [/^3:3: The range of the variable "x" is wrong: a step of -1 does not lead from 1 to 3$/],
    ],
    [
      'lists of a zip that differ',
      `${works}variables:\n  p: { zip: { x: [1, 2], y: [1] } }\n`,
      [/^3:3: The lists of the zip "p" move together/],
    ],
    [
      'two spellings',
      `${works}variables:\n  x: [1.0, 2, 1]\n`,
      [/^3:3: "1\.0" and "1" are the same value of "x"|^3:7: "1\.0" and "1" are the same value/],
    ],
    [
      'an expression',
      `${works}variables: { x: [1] }\nconstraints:\n  - x < 5\n  - x <\n`,
      [/^5:\d+: The expression "x <", column \d+: /],
    ],
    [
      'a parameter of an expression',
      `${works}variables: { lr: [1], x: [1] }\nconstraints: [ lx < 5 ]\n`,
      [/^3:16: The expression "lx < 5", column 1: .*"lr"/],
    ],
    [
      'a constraint of no form',
      `${works}variables: { x: [1] }\nconstraints: [{ rule: x < 1 }]\n`,
      ['3:15: an item of "constraints" needs "name"'],
    ],
    [
      'a parameter of a command',
      `variables: { lr: [1] }\ncommands:\n  train: echo {lr}\n  test: echo {lrr}\n`,
      [/^4:9: A command uses \{lrr\}.* Did you mean "lr"\?/],
    ],
    ['a command that is empty', 'variables: { x: [1] }\ncommands: { a: "" }\n', ['2:16: "a" takes a text, not ""']],
    [
      'an alias for nothing',
      `${works}variables: { x: [1] }\naliases: { y: { 1: { z: 1 } } }\n`,
      [/^3:12: There is an alias for "y", but no such parameter/],
    ],
    [
      'a shard',
      `${works}variables: { x: [1] }\nshard: 2 of 3\n`,
      ['3:8: "shard" takes a part of several, as 2/8, not "2 of 3"'],
    ],
    [
      'a class of failures',
      `${works}variables: { x: [1] }\nretries: { lots: 2 }\n`,
      ['3:12: unknown key "lots" in "retries" (did you mean "lost"?)'],
    ],
    [
      'a number beyond counting',
      `${works}variables: { x: [12345678901234567890, .inf, .nan] }\n`,
      [
        '2:18: 12345678901234567890 has more digits than a number can hold; put it in quotes',
        '2:40: .inf is no number that can be counted with; put it in quotes',
        '2:46: .nan is no number that can be counted with; put it in quotes',
      ],
    ],
    [
      'a module that is not there',
      'variables: { x: [1] }\ntask: task.mjs#double\n',
      ['2:7: there is no file /task.mjs (did you mean "tasks.mjs"?)'],
    ],
    [
      'an export that is not there',
      'variables: { x: [1] }\ntask: tasks.mjs#double\nverify: tasks.mjs#isfine\n',
      [/^3:9: tasks\.mjs has no function "isfine" \(it exports: double, isFine/],
    ],
    [
      'an export that is no function',
      'variables: { x: [1] }\ntask: tasks.mjs#double\nverify: tasks.mjs#nothing\n',
      [/^3:9: tasks\.mjs has no function "nothing"/],
    ],
    [
      'a function without a name',
      'variables: { x: [1] }\ntask: "tasks.mjs#"\n',
      ['2:7: a function is named by its module and its export, as train.js#main, not "tasks.mjs#"'],
    ],
    [
      'two kinds of work',
      `${works}task: tasks.mjs#double\nvariables: { x: [1] }\n`,
      [/A sweep has a "task" or "commands", not both/],
    ],
    [
      'a folder that is not there',
      `${works}variables: { x: [1] }\nworkers: { cwd: nowhere }\n`,
      [/^3:12: The option "cwd" takes a directory that exists/],
    ],
    [
      'what belongs into a space',
      `${works}spaces: [{ variables: { x: [1] } }]\nrepeats: 3\n`,
      ['3:1: "repeats" belongs into one of the "spaces", or into each of them'],
    ],
    [
      'a stop rule',
      'variables: { x: [1] }\ntask: tasks.mjs#double\nstopIf: { medium: { metric: a } }\n',
      ['3:11: "stopIf" has none of: median, or asha (did you mean "median"?)'],
    ],
    ['a tab', `${works}variables:\n\tx: [1]\n`, ['3:1: a tab cannot indent in YAML; use blanks']],
    [
      'a bracket that is open',
      `${works}variables: { x: [1, 2 }\n`,
      [/^2:23: this is no YAML: flow sequence/, /^2:24: this is no YAML/],
    ],
    ['a quote that is open', `${works}title: "x\n`, [/^3:1: this is no YAML: missing closing "quote/]],
    [
      'a character that YAML reserves',
      'variables: { x: [1] }\ncommands: @train\n',
      ['2:11: plain value cannot start with reserved character @; put it in quotes'],
    ],
    [
      'an anchor that is not there',
      `${works}variables: { x: *list }\n`,
      ['2:17: there is no anchor &list before this; a word that begins with * goes in quotes'],
    ],
    ['what contains itself', `${works}variables: &v { x: [*v] }\n`, ['2:21: this would contain itself']],
    [
      'a tag',
      `${works}variables: { x: [!!binary aGk=] }\n`,
      [/^2:\d+: the tag tag:yaml\.org,2002:binary means nothing here/],
    ],
    [
      'several documents',
      `${works}variables: { x: [1] }\n---\nvariables: { x: [1] }\n`,
      ['4:1: a sweep is one document; several spaces go under "spaces"'],
    ],
    ['a list', '- 1\n', ['1:1: The file takes keys and values, not a list']],
    ['nothing but a comment', '# nothing\n', [' it is empty. A sweep has "variables", and a "task" or "commands".']],
    ['nothing', '', [' it is empty. A sweep has "variables", and a "task" or "commands".']],
  ];
  for (const [what, text, expected] of wrong) {
    it(`says where and what is wrong: ${what}`, async () => {
      const problems = await problemsOf(text);
      assert.equal(problems.length, expected.length, problems.join('\n'));
      for (const [i, problem] of problems.entries()) {
        const right = expected[i] ?? '';
        if (typeof right === 'string') assert.equal(problem, right);
        else assert.match(problem, right);
      }
    });
  }

  it('tells all that is wrong at once, up to a point', async () => {
    const error = await errorOf(
      `variables: { x: [1] }\ncommands: echo {x}\n${Array.from({ length: 30 }, (_, i) => `unknown${i}: 1`).join('\n')}`,
    );
    assert.equal(error.problems.length, 30);
    assert.deepEqual(error.problems[29], { line: 32, column: 1, message: error.problems[29]?.message });
    assert.equal(error.message.split('\n').length, 21);
    assert.match(error.message, /and 10 more\.$/);
    assert.equal(error.code, 'ERR_SWEEP_FILE');
  });
});
