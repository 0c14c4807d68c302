import assert from 'node:assert/strict';
import { Plan } from '#internal/sweep/plan/plan.js';
import { pointId } from '#internal/sweep/space/point-id.js';
import type { SpaceSpec, UnionSpec, Written } from '#internal/sweep/space/space-spec.js';
import { Random, seedOf } from '../support/random.js';

const nasty: readonly [Written, ...Written[]] = [
  0.1234567,
  0.12345671,
  1,
  '1',
  true,
  'true',
  null,
  'null',
  '1e0',
  1e21,
  -5,
  0,
  '',
  ' ',
  '.',
  '..',
  'a.',
  'a ',
  'a',
  'A',
  'aA',
  'Aa',
  'AA',
  'a/b',
  'a_b',
  '../../x',
  '$(touch x)',
  '"',
  "'",
  '\n',
  '\0',
  'é',
  'e\u0301',
  '日本',
  'a,b=1',
  'b=1',
  'x~1',
  'A~1',
  'a~1',
  'CON',
  'con',
  'nul',
  'x'.repeat(400),
  `${'x'.repeat(400)}y`,
  'X'.repeat(70),
  '.pyw',
  'results.csv',
  'params.json',
  'status.json',
  [1, 2],
  [1, [2]],
  [],
  {},
  { a: 1 },
  { a: '1' },
  [[1, 2]],
  '[1,2]',
  '~~',
  '-rf',
  '%2f',
  'a+b',
  'point',
]; // prettier-ignore
const names = ['lr', 'opt', 'aux.w', 'weight-decay', 'batchSize'] as const;

describe('Any plan', function () {
  this.timeout(60_000);
  const seed = seedOf();

  it(`has stable ids and folders of their own, none within another (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 150; round++) {
      const spec = { spaces: Array.from({ length: 1 + random.below(3) }, () => spaceOf(random)) };
      for (const folders of ['nested', 'flat'] as const) checkPlan(spec, folders);
    }
  });

  it(`renames nothing when values are added or put into another order (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 100; round++) {
      const spec = gridOf(random);
      const folders = new Map([...new Plan(spec)].map(({ point, folder }) => [point.id, folder]));
      const more = Object.fromEntries(
        Object.entries(spec.variables).map(([name, { values, ...rest }]) => [
          name,
          { ...rest, values: [...others(random, values), ...values].reverse() },
        ]),
      );
      const found = new Map([...new Plan({ ...spec, variables: more })].map(({ point, folder }) => [point.id, folder]));
      for (const [id, folder] of folders) assert.equal(found.get(id), folder);
    }
  });

  it(`goes through its points in the declared order, and its shards are a partition (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (let round = 0; round < 100; round++) {
      const variables = Object.fromEntries(
        names.slice(0, 1 + random.below(4)).map((name) => [name, valuesOf(random, 4)]),
      );
      const cut = random.below(3);
      const expected = product(variables).filter((_, i) => i % 3 !== cut);
      const ids = new Set(expected.map((params) => pointId(params)));
      const plan = new Plan({ variables, constraints: [(params) => ids.has(pointId(params))] });
      assert.deepEqual(
        [...plan].map(({ point }) => point.params),
        expected,
      );
      const count = 1 + random.below(5);
      const shards = Array.from({ length: count }, (_, i) => [
        ...new Plan({ variables }, { shard: `${i + 1}/${count}` }),
      ]);
      assert.deepEqual(
        shards.flat().map(({ point }) => point.params),
        product(variables),
      );
    }
  });
});

function checkPlan(spec: UnionSpec, form: 'nested' | 'flat'): void {
  const plan = new Plan(spec, { folders: form });
  const folders = new Set<string>();
  for (const { index, point, folder } of plan) {
    assert.equal(plan.id(index), point.id);
    assert.equal(
      point.id,
      pointId(Object.fromEntries(Object.entries(point.params).filter(([name]) => name !== 'computed'))),
    );
    assert.equal(plan.indexOf(point.id), index);
    assert.ok(!folders.has(folder.toLowerCase()), `two tasks have ${folder}`);
    folders.add(folder.toLowerCase());
    assert.ok(folder.length <= 1000);
    for (const component of folder.split('/')) {
      assert.match(component, /^(point(~~[0-9a-f]{24})?|[A-Za-z][\w.+@,=~-]*)$/);
      assert.match(component, /=|^point/, 'so it is no name that is reserved');
      assert.ok(component.length <= 255 && !component.endsWith('.') && !/^(aux|con|nul)\./.test(component));
    }
  }
  for (const folder of folders) {
    for (let at = folder.indexOf('/'); at > 0; at = folder.indexOf('/', at + 1)) {
      assert.ok(!folders.has(folder.slice(0, at)), `${folder} lies in another`);
    }
  }
}

type Variables = Record<string, { values: Written[]; when?: string }>;

function gridOf(random: Random): Omit<SpaceSpec, 'variables'> & { variables: Variables } {
  const variables: Variables = {};
  for (const name of names.slice(0, 1 + random.below(names.length))) {
    const when =
      Object.keys(variables).length > 0 && random.isOnceIn(3) ? { when: 'lr in [1, true, "a", null, 0]' } : {};
    variables[name] = { values: valuesOf(random, 3), ...when };
  }
  return { variables, computed: { computed: 'lr == 1' } };
}

function spaceOf(random: Random): SpaceSpec {
  const grid = gridOf(random);
  const point = (): Record<string, Written> =>
    Object.fromEntries(names.filter(() => random.isOnceIn(2)).map((name) => [name, random.oneOf(nasty)]));
  const points = Array.from({ length: 1 + random.below(6) }, point);
  return {
    ...(random.isOnceIn(4) ? { points } : { ...grid, computed: {}, include: random.isOnceIn(2) ? points : [] }),
    ...(random.isOnceIn(2) ? { defaults: { lr: random.oneOf(nasty), hidden: random.below(3) } } : {}),
    ...(random.isOnceIn(3) ? { repeats: 2 } : {}),
  };
}

function valuesOf(random: Random, max: number): Written[] {
  return Array.from(new Set(Array.from({ length: 1 + random.below(max) }, () => random.oneOf(nasty))));
}

function others(random: Random, values: readonly Written[]): Written[] {
  return valuesOf(random, 5).filter((value) => !values.includes(value));
}

function product(variables: Record<string, readonly Written[]>): Record<string, never>[] {
  return Object.entries(variables).reduce<Record<string, never>[]>(
    (points, [name, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value as never }))),
    [{}],
  );
}
