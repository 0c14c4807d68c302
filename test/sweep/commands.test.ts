import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { ofNode } from '#internal/sweep/commands/doctor.js';
import { msFrom } from '#internal/sweep/commands/duration.js';
import { templateOf } from '#internal/sweep/commands/inline-command.js';
import { variablesFrom } from '#internal/sweep/commands/inline-variables.js';
import { Plan } from '#internal/sweep/plan/plan.js';
import { fillTemplate, parseTemplate } from '#internal/task/command/template.js';

describe('A command line of a sweep', () => {
  const valuesOf = (...texts: string[]): unknown[] =>
    [...new Plan({ variables: variablesFrom(texts) })].map(({ point }) => point.params);
  const textsOf = (...texts: string[]): unknown[] =>
    [...new Plan({ variables: variablesFrom(texts) })].map(({ point }) =>
      point.choices.map(({ text }) => text).join(' '),
    );

  it('has lists, whose numbers keep the text they were written as', () => {
    assert.deepEqual(valuesOf('lr=1e-3,0.5,.5e1'), [{ lr: 0.001 }, { lr: 0.5 }, { lr: 5 }]);
    assert.deepEqual(textsOf('lr=1e-3,0.50,3'), ['1e-3', '0.50', '3']);
    assert.deepEqual(valuesOf('x=true,false,null,word,007,0x10,1.2.3,12345678901234567890'), [
      { x: true },
      { x: false },
      { x: null },
      { x: 'word' },
      { x: '007' },
      { x: '0x10' },
      { x: '1.2.3' },
      { x: '12345678901234567890' },
    ]);
    assert.deepEqual(valuesOf('tags=["a,b","c",1]'), [{ tags: 'a,b' }, { tags: 'c' }, { tags: 1 }]);
    assert.deepEqual(valuesOf('path=../data=x,/etc'), [{ path: '../data=x' }, { path: '/etc' }]);
  });

  it('has ranges with both ends', () => {
    assert.deepEqual(valuesOf('seed=0..3'), [{ seed: 0 }, { seed: 1 }, { seed: 2 }, { seed: 3 }]);
    assert.deepEqual(valuesOf('n=2..-1').length, 4);
    assert.deepEqual(valuesOf('lr=1e-4..1e-1:4:log'), [{ lr: 0.0001 }, { lr: 0.001 }, { lr: 0.01 }, { lr: 0.1 }]);
    assert.deepEqual(valuesOf('x=0..1:3'), [{ x: 0 }, { x: 0.5 }, { x: 1 }]);
    assert.deepEqual(valuesOf('x=0.5..1.5:3:linear'), [{ x: 0.5 }, { x: 1 }, { x: 1.5 }]);
    assert.throws(() => valuesOf('x=0.1..0.5'), /in how many steps\? Write 0\.1\.\.0\.5:4/);
    assert.throws(() => valuesOf('x=1..8:4:cubic'), /scale "cubic"/);
  });

  it('has parameters that move together', () => {
    assert.deepEqual(valuesOf('width+depth=64/2,128/4'), [
      { width: 64, depth: 2 },
      { width: 128, depth: 4 },
    ]);
    assert.throws(() => valuesOf('a+b=1/2,3'), /each step has 2 values.*"3" has 1/);
    assert.throws(() => valuesOf('a+a=1/2'), /twice/);
  });

  it('says what is wrong with a parameter', () => {
    assert.throws(() => variablesFrom(['lr']), /name=values/);
    assert.throws(() => variablesFrom(['=1']), /name=values/);
    assert.throws(() => variablesFrom(['lr=']), /name=values/);
    assert.throws(() => variablesFrom(['lr=1,,2']), /empty value/);
    assert.throws(() => variablesFrom(['lr=[1,']), /no JSON list/);
    assert.throws(() => variablesFrom(['lr=1', 'lr=2']), /given twice/);
    for (const half of ['seed=1..', 'seed=..4'])
      assert.throws(() => variablesFrom([half]), /The range of "seed" has two ends/);
    assert.deepEqual(variablesFrom(['path=../data']), { path: ['../data'] });
  });

  it('reaches a program as the words that were given, with values of whatever kind', () => {
    const words = [
      process.execPath,
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      '{v}',
      'a {v} b',
      "it's {v}",
      '$HOME',
      '*',
      '{a,b}',
      '--x={v}',
      '',
      'a;b',
      '[0]',
    ];
    for (const value of ['1e-3', "o'clock", '$(id) `id` "q"', 'a b', '-n', '*', '\\', '{v}']) {
      const reserved = { _name: '', _output: '', _time: '', _id: '' };
      const line = fillTemplate(parseTemplate(templateOf(words)), { params: { v: value }, reserved });
      const expected = words.slice(4).map((word) => word.replaceAll('{v}', () => value));
      assert.deepEqual(JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })), expected, line);
    }
    assert.equal(templateOf(['python', 'train.py', '--lr', '{lr}', '[seed]']), 'python train.py --lr {lr} [seed]');
  });

  it('has times with units', () => {
    assert.deepEqual(
      ['90', '90s', '1.5m', '2h', '1d', '500ms'].map((text) => msFrom(text, 'it')),
      [90_000, 90_000, 90_000, 7_200_000, 86_400_000, 500],
    );
    for (const wrong of ['', '0', '-1', '5 minutes', '1w'])
      assert.throws(() => msFrom(wrong, '--timeout'), /--timeout takes a time/);
  });

  it('is told when Node is too old', () => {
    assert.equal(ofNode('20.19.0').state, 'works');
    assert.equal(ofNode('24.0.1').state, 'works');
    assert.deepEqual([ofNode('20.18.3').state, ofNode('18.20.0').state], ['wrong', 'wrong']);
  });
});
