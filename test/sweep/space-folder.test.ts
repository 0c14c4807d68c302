import assert from 'node:assert/strict';
import { Plan } from '#internal/sweep/plan/plan.js';
import { componentOf } from '#internal/sweep/space/component.js';
import { settingOf } from '#internal/sweep/space/setting.js';
import { sourced } from '#internal/sweep/space/sourced.js';
import type { SpaceSpec, UnionSpec, Written } from '#internal/sweep/space/space-spec.js';

const nameOf = (written: Written, name = 'x') => componentOf(settingOf(name, written));
const foldersOf = (spec: SpaceSpec | UnionSpec) => [...new Plan(spec)].map(({ folder }) => folder);

describe('The folder of a task', () => {
  it('shows a value as it was written where that is safe', () => {
    assert.equal(nameOf(sourced(0.0001, '1e-4'), 'lr'), 'lr=1e-4');
    assert.equal(nameOf('bert-base_v1.5@main'), 'x=bert-base_v1.5@main');
    assert.deepEqual(
      [true, null, -0.5, 1e21, ''].map((value) => nameOf(value)),
      ['x=true', 'x=null', 'x=-0.5', 'x=1e+21', 'x='],
    );
  });

  it('marks capitals, for file systems that do not tell them apart', () => {
    assert.equal(nameOf('ResNet50'), 'x=ResNet50~9');
    assert.notEqual(nameOf('aA').toLowerCase(), nameOf('Aa').toLowerCase());
  });

  it('marks what cannot stand as it is, and cuts what is long', () => {
    assert.match(nameOf('a/b'), /^x=a_b~[0-9a-v]{12}$/);
    assert.match(nameOf('../../x'), /^x=\.\._\.\._x~/);
    assert.match(nameOf('$(touch x)'), /^x=_touch_x_~/);
    assert.match(nameOf('1'), /^x=1~/, 'the string, not the number');
    assert.match(nameOf('a~1'), /^x=a_1~[0-9a-v]{12}$/, 'what looks marked');
    assert.ok(nameOf('x'.repeat(400)).length < 70);
    assert.match(nameOf(1, 'aux.w'), /^aux_w=1~/, 'a name that Windows reserves');
  });

  it('is the same for a point, whatever else is in the plan', () => {
    const [alone] = foldersOf({ variables: { lr: [0.1], seed: [0] }, defaults: { w: 1 } });
    assert.equal(alone, 'lr=0.1/seed=0');
    assert.ok(
      foldersOf({ variables: { lr: [5, 0.1, 'A'], seed: [1, 0] }, defaults: { w: 1 } }).includes('lr=0.1/seed=0'),
    );
  });

  it('never lies in that of another task', () => {
    const folders = foldersOf({
      spaces: [{ variables: { opt: ['adam'] } }, { variables: { opt: ['adam'], m: [0.9] } }],
    });
    assert.equal(folders[0], 'opt=adam');
    assert.match(folders[1] ?? '', /^opt=adam,m=0\.9~~[0-9a-f]{24}$/);
  });

  it('has the id in it where defaults differ between spaces', () => {
    const variables = { lr: [1] };
    const spaces = [
      { variables, defaults: { w: 1 } },
      { variables, defaults: { w: 2 } },
      { variables, repeats: 1, defaults: { w: 1 } },
    ];
    const [first, second] = foldersOf({ spaces });
    assert.equal(first, 'lr=1');
    assert.match(second ?? '', /^lr=1~~/);
  });
});
