import assert from 'node:assert/strict';
import { Plan, type PlanOptions } from '#internal/sweep/plan/plan.js';
import { pointId } from '#internal/sweep/space/point-id.js';
import { sourced } from '#internal/sweep/space/sourced.js';
import type { SpaceSpec, UnionSpec } from '#internal/sweep/space/space-spec.js';

const paramsOf = (spec: SpaceSpec | UnionSpec, options?: PlanOptions) =>
  [...new Plan(spec, options)].map(({ point }) => point.params);
const foldersOf = (spec: SpaceSpec | UnionSpec, options?: PlanOptions) =>
  [...new Plan(spec, options)].map(({ folder }) => folder);
const refused = (spec: SpaceSpec | UnionSpec, message: RegExp, options?: PlanOptions) =>
  assert.throws(() => new Plan(spec, options), { code: 'ERR_OPTION', message });
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('A plan', () => {
  it('goes through variables in their order, the last varying fastest, and keeps types', () => {
    assert.deepEqual(paramsOf({ variables: { model: ['z', 'a'], on: [true, null], n: 3 } }), [
      { model: 'z', on: true, n: 3 },
      { model: 'z', on: null, n: 3 },
      { model: 'a', on: true, n: 3 },
      { model: 'a', on: null, n: 3 },
    ]);
    assert.deepEqual(foldersOf({ variables: { model: ['bert'], lr: [sourced(0.0001, '1e-4')] }, repeats: 2 }), [
      'model=bert/lr=1e-4/seed=0',
      'model=bert/lr=1e-4/seed=1',
    ]);
    assert.deepEqual(foldersOf({ variables: { model: ['bert'], lr: [0.1] } }, { folders: 'flat' }), [
      'model=bert,lr=0.1',
    ]);
  });

  it('calls folders what a function calls them, if it gives each its own', () => {
    const spec = { variables: { lr: [0.1, 0.2], n: [1, 2] } };
    const folders: PlanOptions['folders'] = ({ params }) => `run-${params.lr}-${params.n}`;
    assert.deepEqual(foldersOf(spec, { folders }), ['run-0.1-1', 'run-0.1-2', 'run-0.2-1', 'run-0.2-2']);
    refused(spec, /the same folder, "run-1", the second time for \{"lr":0.2,"n":1\}/, {
      folders: ({ params }) => `run-${params.n}`,
    });
    refused(spec, /has to name a folder/, { folders: () => '' });
  });

  it('knows which commands the spaces of a point want', () => {
    const spaces = [
      { points: [{ x: 1 }, { x: 2 }], only: 'train' },
      { points: [{ x: 2 }, { x: 3 }], only: ['test', 'train'] },
      { points: [{ x: 3 }] },
    ];
    const wanted = [...new Plan({ spaces })].map(({ only }) => only);
    assert.deepEqual(wanted, [['train'], ['train', 'test'], undefined]);
    assert.deepEqual([...new Plan({ spaces }).commands], ['train', 'test']);
  });

  it('is of one point where there is nothing to vary', () => {
    assert.deepEqual(paramsOf({ defaults: { lr: 1 } }), [{ lr: 1 }]);
    assert.deepEqual(foldersOf({}), ['point']);
  });

  it('reads ranges with both ends and without the noise of binary fractions', () => {
    const values = (variable: SpaceSpec['variables']) => paramsOf({ variables: variable ?? {} }).map(({ x }) => x);
    assert.deepEqual(values({ x: { from: 0.1, to: 0.5, step: 0.1 } }), [0.1, 0.2, 0.3, 0.4, 0.5]);
    assert.deepEqual(values({ x: { from: 3, to: 1 } }), [3, 2, 1]);
    assert.deepEqual(values({ x: { from: 0, to: 1, count: 5 } }), [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual(values({ x: { from: 1e-4, to: 1e-1, count: 4, scale: 'log' } }), [0.0001, 0.001, 0.01, 0.1]);
    assert.deepEqual(values({ x: { from: 1, to: 8, step: 2, scale: 'log' } }), [1, 2, 4, 8]);
    refused({ variables: { x: { from: 1, to: 5, step: -1 } } }, /"x".*does not lead from 1 to 5/);
    refused({ variables: { x: { from: 0, to: 5, count: 3, scale: 'log' } } }, /above 0/);
    refused({ variables: { x: { from: 0, to: 5, count: 3, step: 1 } } }, /either step or count/);
    refused({ variables: { x: { from: 0, to: Number.NaN } } }, /to is a finite number/);
  });

  it('moves the members of a zip together, as one variable that crosses with others', () => {
    const spec = { variables: { size: { zip: { width: [1, 2], depth: [4, 8] } }, lr: [0.1, 0.2] } };
    assert.deepEqual(
      paramsOf(spec).map(({ width, depth, lr }) => [width, depth, lr]),
      [
        [1, 4, 0.1],
        [1, 4, 0.2],
        [2, 8, 0.1],
        [2, 8, 0.2],
      ],
    );
    assert.equal(foldersOf(spec)[0], 'width=1,depth=4/lr=0.1');
    const labelled = { variables: { size: { zip: { width: [1, 2], depth: [4, 8] }, labels: ['s', 'l'] } } };
    assert.deepEqual(foldersOf(labelled), ['size=s', 'size=l']);
    refused({ variables: { s: { zip: { a: [1, 2], b: [1] } } } }, /a has 2, b has 1/);
  });

  it('computes parameters in order, which are no part of the id', () => {
    const plan = new Plan({ variables: { a: [2] }, computed: { b: 'a * 2', c: ({ b }) => Number(b) + 1 } });
    assert.deepEqual(plan.task(0).point.params, { a: 2, b: 4, c: 5 });
    assert.equal(plan.id(0), pointId({ a: 2 }));
    refused({ variables: { a: [1] }, computed: { b: 'c', c: 'a' } }, /There is no parameter "c"/);
    refused({ variables: { a: [1] }, computed: { a: '1' } }, /is there already/);
  });

  it('sets what an alias stands for, by label or by text, and refuses a value that is none of its cases', () => {
    const aliases = { preset: { small: { width: 1 }, big: { width: 8, deep: true } } };
    assert.deepEqual(
      paramsOf({ variables: { preset: ['small', 'big'] }, aliases, defaults: { deep: false, width: 0 } }),
      [
        { preset: 'small', width: 1, deep: false },
        { preset: 'big', width: 8, deep: true },
      ],
    );
    assert.deepEqual(paramsOf({ variables: { preset: { values: [1], labels: ['big'] } }, aliases })[0], {
      preset: 1,
      width: 8,
      deep: true,
    });
    refused({ variables: { preset: ['smal'] }, aliases }, /no case "smal"\. Its cases are: small, big/);
    refused({ variables: { preset: ['small'], width: [1] }, aliases }, /sets "width", which is a variable/);
    refused({ variables: { x: [1] }, aliases }, /no such parameter/);
  });

  it('leaves a variable that is not in effect out of parameters, id and folder', () => {
    const spec: SpaceSpec = {
      variables: { opt: ['sgd', 'adam'], momentum: { values: [0.5, 0.9], when: "opt == 'sgd'" } },
      repeats: 1,
    };
    const plan = new Plan(spec);
    assert.deepEqual(
      [...plan].map(({ folder }) => folder),
      ['opt=sgd/momentum=0.5/seed=0', 'opt=sgd/momentum=0.9/seed=0', 'opt=adam/seed=0'],
    );
    assert.deepEqual(plan.point(2).params, { opt: 'adam', seed: 0 });
    assert.equal(plan.id(2), pointId({ opt: 'adam', seed: 0 }));
    assert.deepEqual(
      plan.point(2).choices.map(({ name }) => name),
      ['opt', 'seed'],
    );
    const byFunction = {
      ...spec,
      variables: {
        ...spec.variables,
        momentum: { values: [0.5, 0.9], when: ({ opt }: { opt?: unknown }) => opt === 'sgd' },
      },
    };
    assert.deepEqual(paramsOf(byFunction as SpaceSpec), paramsOf(spec));
    refused(
      { variables: { a: { values: [1], when: 'b == 1' }, b: [1] } },
      /speaks of "b", which is not chosen yet.*before "a"/,
    );
  });

  it('says how many points each rule has cut, the first that applies counting', () => {
    const isSmall = ({ a }: { a?: unknown }) => Number(a) < 8;
    const plan = new Plan({
      variables: { a: upTo(10), b: upTo(10) },
      computed: { ratio: 'a / b' },
      constraints: ['b != 0', { name: 'flat', rule: 'ratio <= 4' }, isSmall as () => boolean],
      exclude: [{ a: 1 }, { a: 1, b: 3 }, { a: '2' }],
    });
    const kept = upTo(100).filter((i) => {
      const [a, b] = [Math.floor(i / 10), i % 10];
      return b !== 0 && a / b <= 4 && a < 8 && a !== 1;
    });
    assert.equal(plan.size, kept.length);
    const flat = upTo(100).filter((i) => i % 10 !== 0 && Math.floor(i / 10) / (i % 10) > 4).length;
    const small = upTo(100).filter((i) => i >= 80 && i % 10 !== 0 && Math.floor(i / 10) / (i % 10) <= 4).length;
    assert.deepEqual(
      plan.cuts.map(({ rule, points }) => [rule, points]),
      [
        ['b != 0', 10],
        ['flat', flat],
        ['isSmall', small],
        ['exclude a=1', 9],
        ['exclude a=1, b=3', 0],
        ['exclude a=2', 0],
      ],
    );
    refused({ variables: { a: [1] }, exclude: [{ aa: 1 }] }, /no parameter "aa"\. Did you mean "a"/);
    refused({ variables: { a: [1] }, constraints: ['a + 1'] }, /has to be true or false/);
  });

  it('counts what an early rule cuts below conditional variables', () => {
    const plan = new Plan({
      variables: { opt: ['sgd', 'adam'], m: { values: [1, 2, 3], when: "opt == 'sgd'" }, seed: [0, 1] },
      constraints: ["opt == 'x'"],
    });
    assert.deepEqual([plan.size, plan.cuts[0]?.points], [0, 8]);
  });

  it('adds points that are included, which no rule cuts, in the order and with the labels of the variables', () => {
    const plan = new Plan({
      variables: { a: { values: [1, 2], labels: ['one', 'two'] }, b: [1] },
      constraints: ['a == 1'],
      include: [
        { b: 1, a: 2 },
        { a: 1, b: 1 },
        { c: 3, b: 5, a: 1 },
      ],
      repeats: { count: 2, from: 7 },
    });
    assert.deepEqual(
      [...plan].map(({ folder }) => folder.replace(/~~.*/, '~~')),
      [
        'a=one/b=1/seed=7',
        'a=one/b=1/seed=8',
        'a=two/b=1/seed=7',
        'a=two/b=1/seed=8',
        'a=one,b=5,c=3,seed=7~~',
        'a=one,b=5,c=3,seed=8~~',
      ],
    );
    assert.equal(plan.duplicates, 2);
  });

  it('takes an explicit list of points, subject to rules and repeats', () => {
    const spec = {
      points: [
        { lr: 0.1, w: 1 },
        { lr: 0.2, w: 2 },
        { lr: 0.1, w: 1 },
        { lr: 5, w: 1 },
      ],
      constraints: ['lr < 1'],
      repeats: 2,
    };
    const plan = new Plan(spec);
    assert.deepEqual(
      [...plan].map(({ folder }) => folder),
      ['lr=0.1/w=1/seed=0', 'lr=0.1/w=1/seed=1', 'lr=0.2/w=2/seed=0', 'lr=0.2/w=2/seed=1'],
    );
    assert.deepEqual([plan.duplicates, plan.cuts[0]?.points], [2, 2]);
  });

  it('joins spaces, does what occurs twice once, and says how often that was', () => {
    const plan = new Plan({
      spaces: [
        { title: 'wide', variables: { lr: [1, 2], w: [8] } },
        { title: 'all', variables: { w: [8, 9], lr: [1, 2, 2] } },
      ],
    });
    assert.deepEqual(
      [...plan].map(({ point }) => [point.title, point.params.w, point.params.lr]),
      [
        ['wide', 8, 1],
        ['wide', 8, 2],
        ['all', 9, 1],
        ['all', 9, 2],
      ],
    );
    assert.equal(plan.duplicates, 4);
    assert.deepEqual(
      upTo(4).map((i) => plan.spaceOf(i)),
      [0, 0, 1, 1],
    );
  });

  it('numbers what tasks share, across spaces', () => {
    const plan = new Plan({
      spaces: [
        { variables: { model: ['a', 'b'], lr: [1, 2] } },
        { variables: { model: ['b'], wd: [1] } },
        { points: [{ model: 'b', lr: 7 }] },
      ],
    });
    const paths = upTo(plan.size).map((i) => plan.path(i, 2));
    const [a1, a2, b1, , other, point] = paths as (readonly number[])[];
    assert.equal(a1?.[0], a2?.[0]);
    assert.notEqual(a1?.[0], b1?.[0]);
    assert.equal(b1?.[0], other?.[0]);
    assert.equal(b1?.[0], point?.[0]);
    assert.notEqual(b1?.[1], other?.[1], 'another variable of the same value');
    assert.equal(plan.path(0, 1).length, 1);
  });

  it('tells its variables and what is to be loaded for them', () => {
    const load = () => 'model';
    const [space] = new Plan({
      variables: { model: { values: ['a'], load }, size: { zip: { w: { values: [1], load }, h: [2] } }, lr: [1] },
    }).dimensions;
    assert.deepEqual(
      space?.dimensions.map(({ name, parameters, hasLoad }) => [name, parameters, hasLoad]),
      [
        ['model', ['model'], true],
        ['size', ['w', 'h'], true],
        ['lr', ['lr'], false],
      ],
    );
    assert.equal(space?.dimensions[1]?.keeping.get('w')?.load, load);
  });

  it('refuses two spellings of one value, and shows both', () => {
    refused({ variables: { lr: [sourced(1, '1.0'), 1] } }, /"1\.0" and "1" are the same value of "lr"/);
    refused({ spaces: [{ variables: { lr: [sourced(1, '1.0')] } }, { variables: { lr: [1] } }] }, /"1\.0" and "1"/);
    assert.deepEqual(
      [new Plan({ variables: { lr: [1, 1, 2] } }).size, new Plan({ variables: { lr: [1, 1, 2] } }).duplicates],
      [2, 1],
    );
  });

  it('refuses labels and names that would share a folder', () => {
    refused({ variables: { a: { values: [1, 2], labels: ['x', 'x'] } } }, /"x" stands for two values of "a": 1 and 2/);
    refused(
      { spaces: [{ variables: { a: { values: [5], labels: ['1'] } } }, { variables: { a: [1] } }] },
      /two values of "a"/,
    );
    refused({ variables: { LR: [1], lr: [1] } }, /differ in upper and lower case only/);
    refused({ variables: { a: { values: [1, 2], labels: ['x'] } } }, /2 values and 1 labels/);
  });

  it('refuses what is empty, unknown or too much, naming it', () => {
    refused({ variables: { lr: [] } }, /The variable "lr" has no values/);
    refused({ points: [] }, /list of points is empty/);
    refused({ variable: {} } as SpaceSpec, /no option "variable"/);
    refused({ variables: { lr: { valeus: [1] } as never } }, /"lr" has none of: values/);
    refused({ variables: { lr: { values: [1], lables: [] } as never } }, /no setting "lables"\. Did you mean "labels"/);
    refused({ variables: Object.fromEntries(upTo(9).map((i) => [`v${i}`, upTo(100)])) }, /more than can be counted/);
    refused({ variables: { lr: [1, { x: [Number.NaN] }] } }, /lr\[1\]\.x\[0\] is NaN/);
    refused({ variables: JSON.parse('{"__proto__": [1]}') }, /reserved/);
    refused({}, /option "limit"/, { limit: 0 });
    refused({}, /2\/8/, { shard: '0/3' });
    refused({ variables: { a: [1, 2] } }, /sample of 3 is more than there are: 2/, { sample: { count: 3 } });
  });

  it('samples by its seed, without replacement, in the order of the plan', () => {
    const spec = { variables: { a: upTo(30), b: upTo(30) }, constraints: ['(a + b) % 3 == 0'] };
    const all = [...new Plan(spec)].map(({ point }) => point.id);
    const idsOf = (seed: number) =>
      [...new Plan({ ...spec, sample: { count: 50, seed } })].map(({ point }) => point.id);
    assert.deepEqual(idsOf(1), idsOf(1));
    assert.notDeepEqual(idsOf(1), idsOf(2));
    const places = idsOf(3).map((id) => all.indexOf(id));
    assert.deepEqual(
      places,
      [...new Set(places)].sort((a, b) => a - b),
    );
    assert.equal(places.length, 50);
    assert.ok(!places.includes(-1));
  });

  it('splits into shards that are the whole together and of equal size', () => {
    for (const spec of [
      { variables: { a: upTo(10), b: upTo(10) } },
      { variables: { a: upTo(10), b: upTo(10) }, constraints: ['a != b'] },
    ]) {
      const whole = new Plan(spec);
      const shards = upTo(7).map((i) => new Plan(spec, { shard: `${i + 1}/7` }));
      assert.deepEqual(
        shards.flatMap((plan) => [...plan].map(({ point }) => point.id)),
        [...whole].map(({ point }) => point.id),
      );
      assert.ok(Math.max(...shards.map(({ size }) => size)) - Math.min(...shards.map(({ size }) => size)) <= 1);
      const [, second] = shards;
      assert.equal(second?.indexOf(second.id(3)), 3);
      assert.equal(second?.indexOf(whole.id(0)), -1, 'it is in another shard');
      assert.equal(new Plan(spec, { shard: { index: 2, count: 7 }, limit: 2 }).size, 2);
    }
  });

  it('finds a limit and a sample in a grid of 10^12 without going through it', () => {
    const variables = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, upTo(1000)]));
    const whole = new Plan({ variables });
    assert.equal(whole.size, 1e12);
    assert.deepEqual(whole.point(1e12 - 2).params, { a: 999, b: 999, c: 999, d: 998 });
    assert.equal(new Plan({ variables }, { shard: '3/1000000' }).task(5).point.params.d, 5);
    const limited = new Plan({ variables, constraints: ['d % 7 == 3'] }, { limit: 10 });
    assert.deepEqual([limited.size, limited.isComplete, limited.point(9).params.d], [10, false, 66]);
    for (const spec of [{ variables }, { variables, constraints: ['d % 7 == 3', 'a > 5'] }]) {
      const plan = new Plan(spec, { sample: { count: 100, seed: 1 } });
      assert.equal(plan.size, 100);
      assert.equal(plan.indexOf(plan.id(77)), 77);
    }
    const few = new Plan({ variables }, { limit: 10 });
    assert.equal(few.indexOf(few.id(3)), 3);
  });

  it('samples huge grids with conditional variables, each point as likely as any other', () => {
    const variables = {
      opt: ['sgd', 'adam'],
      m: { values: [1, 2, 3], when: "opt == 'sgd'" },
      a: upTo(1000),
      b: upTo(1000),
      c: upTo(9),
    };
    const points = paramsOf({ variables }, { sample: { count: 2000, seed: 3 } });
    assert.ok(points.every(({ opt, m }) => (opt === 'sgd') === (m !== undefined)));
    const share = points.filter(({ opt }) => opt === 'adam').length / points.length;
    assert.ok(share > 0.2 && share < 0.3, `${share} of a quarter`);
  });

  it('describes itself for a dry run', () => {
    const { size, spaces, cuts, first, last, isComplete } = new Plan({
      variables: { a: upTo(10) },
      constraints: ['a > 1'],
    }).describe();
    assert.deepEqual([size, spaces[0]?.dimensions[0]?.values, cuts[0]?.points, isComplete], [8, 10, 2, true]);
    assert.deepEqual(
      [...first, ...last].map(({ point }) => point.params.a),
      [2, 3, 4, 9],
    );
    assert.equal(new Plan({ variables: { a: [1, 2] } }).describe().last.length, 0, 'no task is shown twice');
  });

  it('plans a million points with rules in a few bytes each', () => {
    const spec = {
      variables: { a: upTo(100), b: upTo(100), c: upTo(100) },
      constraints: ['a != b || c == 1'],
      defaults: { w: 1 },
    };
    const before = process.memoryUsage();
    const cpu = process.cpuUsage();
    const plan = new Plan(spec);
    const { user, system } = process.cpuUsage(cpu);
    const after = process.memoryUsage();
    assert.equal(plan.size, 990_100);
    assert.equal(plan.indexOf(plan.id(500_000)), 500_000);
    assert.ok((user + system) / 1e6 < 8, `${(user + system) / 1e6} s of processor time`);
    assert.ok(after.arrayBuffers - before.arrayBuffers < 60e6, `${after.arrayBuffers - before.arrayBuffers} bytes`);
  });

  it('has by name and with types the exceptions that threadward has by text and by any variable', () => {
    const plan = new Plan({
      variables: {
        batch: [16, 32],
        layers: [16, 32],
        model: { values: ['bert-base', 'gpt2'], labels: ['BERT', 'GPT'] },
      },
      exclude: [{ batch: 16, layers: 32 }],
      constraints: ["model != 'gpt2' || batch in [32]"],
    });
    assert.deepEqual(
      [...plan].map(({ point: { params } }) => `${params.batch} ${params.layers} ${params.model}`),
      ['16 16 bert-base', '32 16 bert-base', '32 16 gpt2', '32 32 bert-base', '32 32 gpt2'],
    );
    const [choice] = plan.point(0).choices.filter(({ name }) => name === 'model');
    assert.deepEqual([choice?.value, choice?.label], ['bert-base', 'BERT'], 'the nickname reaches the task');
    assert.match(plan.task(0).folder, /^batch=16\/layers=16\/model=BERT~/);
  });
});
