import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { folderOf } from '#internal/sweep/space/folder-name.js';
import { pointId } from '#internal/sweep/space/point-id.js';
import { pointOf } from '#internal/sweep/space/point-of.js';
import { sourced } from '#internal/sweep/space/sourced.js';
import type { Params } from '#internal/task/value.js';

const refused = (value: unknown, message: RegExp) =>
  assert.throws(() => pointId({ lr: value } as Params), { code: 'ERR_OPTION', message });

describe('The id of a point', () => {
  it('is 24 hex digits of SHA-256 over a sorted line of JSON for each parameter', () => {
    const text = 'pyworkers point 1\n"a":[1,"x"]\n"b":{"u":null,"v":true}\n';
    const expected = createHash('sha256').update(text).digest('hex').slice(0, 24);
    assert.equal(pointId({ b: { v: true, u: null }, a: [1, 'x'] }), expected);
  });

  it('tells types apart, and -0 not from 0', () => {
    const ids = [1, '1', true, 'true', null, 'null', [1], ['1'], [[1]], {}, [], '', { 0: 1 }].map((value) =>
      pointId({ x: value }),
    );
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(pointId({ x: -0 }), pointId({ x: 0 }));
    assert.equal(pointId({ x: [-0] }), pointId({ x: [0] }));
    assert.ok(Object.is(pointOf({ x: -0 }).params.x, 0));
  });

  it('refuses what is no value, with its path', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const sparse: unknown[] = [1];
    sparse[2] = 3;
    refused([0, 1, { x: Number.NaN }], /^lr\[2\]\.x is NaN/);
    refused(Number.POSITIVE_INFINITY, /^lr is Infinity/);
    refused(undefined, /^lr is undefined/);
    refused({ f: () => 1 }, /^lr\.f is a function/);
    refused(1n, /^lr is a bigint/);
    refused(Symbol('x'), /^lr is a symbol/);
    refused(new Date(0), /^lr is an object of class Date/);
    refused(new Map(), /^lr is an object of class Map/);
    refused(cyclic, /^lr\.self is an object that contains itself/);
    refused(sparse, /^lr is an array with holes/);
    refused(['\ud800'], /^lr\[0\] is a string with half a character/);
    refused({ 'a b': { '\udc00': 1 } }, /^lr\["a b"\]/);
    refused(JSON.parse('{"__proto__": 1}'), /^lr\.__proto__/);
    refused({ [Symbol('x')]: 1 }, /symbol/);
  });

  it('refuses names that would confuse', () => {
    for (const name of ['', '1', '1.5', '_id', '__proto__', 'a b', 'a/b', '../x', '.x', '-x', 'ü', 'x'.repeat(65)]) {
      const params = Object.fromEntries([[name, 1]]);
      assert.throws(() => pointId(params), { code: 'ERR_OPTION' }, name);
    }
    for (const name of ['lr', 'weight-decay', 'optim.lr', 'constructor', 'toString', '2x', 'hasOwnProperty'])
      pointId({ [name]: 1 });
  });
});

describe('A point of explicit parameters', () => {
  it('has its choices in the order given, source texts, and all that follows', () => {
    const point = pointOf(
      { preset: 'small', lr: sourced(0.0001, '1e-4') },
      {
        title: 'asked',
        defaults: { opt: 'adam', width: 2 },
        aliases: { preset: { small: { width: 1 }, big: { width: 8 } } },
        computed: { area: 'width * width + 3', twice: ({ area }) => Number(area) * 2 },
      },
    );
    assert.deepEqual(point.params, { preset: 'small', lr: 0.0001, width: 1, opt: 'adam', area: 4, twice: 8 });
    assert.deepEqual(
      point.choices.map(({ name, text }) => `${name} ${text}`),
      ['preset small', 'lr 1e-4'],
    );
    assert.deepEqual(point.texts, { lr: '1e-4' });
    assert.equal(point.id, pointId({ preset: 'small', lr: 0.0001, width: 1, opt: 'adam' }), 'without what is computed');
    assert.equal(point.title, 'asked');
    assert.equal(folderOf(point), 'preset=small,lr=1e-4');
  });

  it('is checked as those of a space are', () => {
    assert.throws(() => pointOf({ lr: Number.NaN }), /lr is NaN/);
    assert.throws(() => pointOf({ _x: 1 }), /reserved/);
    assert.throws(
      () => pointOf({ p: 'x' }, { aliases: { p: { a: {}, b: {} } } }),
      /has no case "x"\. Its cases are: a, b/,
    );
    assert.throws(() => pointOf({ p: 1 }, { computed: { q: 'pp + 1' } }), /Did you mean "p"/);
  });

  it('does not change when somebody changes what it was made of', () => {
    const layers = [1, 2];
    const point = pointOf({ layers });
    layers.push(3);
    assert.deepEqual(point.params, { layers: [1, 2] });
    assert.ok(Object.isFrozen(point.params) && Object.isFrozen(point.params.layers));
  });
});
