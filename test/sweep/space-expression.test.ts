import assert from 'node:assert/strict';
import { Expression } from '#internal/sweep/space/expression/expression.js';

const read = (text: string, known = {}) => new Expression(text).value(known);
const fails = (text: string, message: RegExp, known = {}) =>
  assert.throws(() => read(text, known), { code: 'ERR_OPTION', message });

describe('Expressions over parameters', () => {
  const results: [string, unknown][] = [
    ['1 + 2 * 3 - 4 / 2 % 3', 5],
    ['-(1 - 2)', 1],
    ['- 0', 0],
    ['lr > 0.01 && model == "bert"', true],
    ["lr <= 0.01 or not (model in ['gpt', 'bert'])", false],
    ["model not in ['gpt']", true],
    ['not lr > 1', true],
    ['!(lr > 1) and true', true],
    ['lr > 1 ? "big" : lr > 0.05 ? "medium" : "small"', 'medium'],
    ["'a' < 'b'", true],
    ['net.width * 2', 128],
    ['len(net) + len([1, 2]) + len("abc")', 6],
    ['min(3, 1, 2) + max([4, 9])', 10],
    ['pow(2, 10) + floor(log2(8.5)) + round(2.5) + ceil(0.2) + abs(-1) + sqrt(16)', 1024 + 3 + 3 + 1 + 1 + 4],
    ["model + '-' + net.width", 'bert-64'],
    ['1e-2 == 0.01', true],
    ['.5 + 1.', 1.5],
    ["'it\\'s' == \"it's\"", true],
    ['missing == null', true],
    ['[1, [2]] == [1, [2]]', true],
    ['1 == "1" || true == 1', false],
  ];
  for (const [text, expected] of results) {
    it(`reads ${text} as ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(read(text, { lr: 0.1, model: 'bert', net: { width: 64 } }), expected);
    });
  }

  it('does not read what the deciding side of && and || leaves open', () => {
    assert.equal(read('false && missing > 1'), false);
    assert.equal(read('true || missing > 1'), true);
  });

  it('compares records by their content, whatever the order of their names', () => {
    assert.equal(read('a == b', { a: { x: 1, y: [2] }, b: { y: [2], x: 1 } }), true);
  });

  it('says in which column something is wrong, and what to write', () => {
    fails('lr >', /column 5: A value is expected here, not the end/);
    fails('lr === 1', /column 4: Write == to compare/);
    fails('lr = 1', /column 4: Write == to compare/);
    fails('1 < 2 < 3', /column 7: Comparisons cannot be chained/);
    fails('(1 + 2', /column 7: "\)" is expected here, not the end/);
    fails('a b', /column 3: "b" is not expected here/);
    fails('evil(1)', /column 1: There is no function "evil"/);
    fails('pow(1)', /pow\(\) takes 2 arguments, not 1/);
    fails('lr > 1', /column 4: ">" takes two numbers or two strings, not "x" and 1/, { lr: 'x' });
    fails('1 / 0', /column 3: 1 \/ 0 is Infinity/);
    fails('log(0)', /is -Infinity, which is no value/);
    fails('1 && true', /"&&" takes true or false, not 1/);
    fails('3x', /column 1/);
    fails('a # b', /column 3: "#" is not understood/);
  });

  it('refuses unknown names at once, with the nearest that there is', () => {
    const names = new Set(['lr', 'batch_size', 'weight-decay']);
    assert.throws(
      () => new Expression('batchsize > 1', { names }),
      /column 1: There is no parameter "batchsize"\. Did you mean "batch_size"\?/,
    );
    assert.throws(() => new Expression('weight-decay > 1', { names }), /written in backticks: `weight-decay`/);
    assert.equal(new Expression('`weight-decay` > 1', { names }).test({ 'weight-decay': 2 }), true);
    assert.deepEqual([...new Expression('lr > 1 && lr < batch_size', { names }).names], ['lr', 'batch_size']);
  });

  it('takes the longest name with dots that there is, and properties after it', () => {
    const names = new Set(['optim.lr', 'optim']);
    const known = { 'optim.lr': { init: 1 }, optim: { decay: 2 } };
    assert.equal(new Expression('optim.lr.init + optim.decay', { names }).value(known), 3);
  });

  it('reaches nothing but own properties of records', () => {
    for (const text of ['net.constructor', 'net.__proto__', 'net.toString', 'toString', 'constructor', '__proto__']) {
      assert.equal(read(text, { net: {} }), null, text);
    }
    fails('"a".length', /Only a record has properties/);
  });

  it('is bounded in length and depth', () => {
    fails('1'.repeat(5000), /longer than 4096/);
    for (const nested of [
      '('.repeat(500),
      '!'.repeat(500),
      '-'.repeat(500),
      'not '.repeat(500),
      '['.repeat(500),
      '1?'.repeat(500),
    ]) {
      fails(nested, /nested deeper than 64/);
    }
    assert.equal(read(Array.from({ length: 2000 }, () => '1').join('+')), 2000);
  });

  it('has to be true or false where it is a rule', () => {
    assert.throws(() => new Expression('lr').test({ lr: 1 }), /is 1 for \{"lr":1\}\. It has to be true or false/);
  });

  it('can overlook what a record does not have, for filters', () => {
    const test = (text: string) => new Expression(text, { absent: 'overlook' }).test({ lr: 1 });
    assert.equal(test('loss < 1'), false);
    assert.equal(test('lr == 1 && loss.best + 1 > 0'), false);
    assert.equal(test('loss == null'), true);
    assert.throws(() => new Expression('loss < 1').test({ lr: 1 }), /not null and 1/);
  });
});
