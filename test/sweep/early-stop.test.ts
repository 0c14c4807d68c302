import assert from 'node:assert/strict';
import { ashaRule, medianRule, type StopRule, Sweep, type Task } from 'pyworkers/sweep';
import { plain } from '../fixtures/sweep-engine-tasks.js';

const { plan } = new Sweep({ variables: { x: { from: 0, to: 19, step: 1 } }, task: plain });
const task = (index: number): Task => plan?.task(index) ?? assert.fail();

/** What a rule says to each of these losses of one task, step by step. */
function tell(rule: StopRule, index: number, losses: readonly (number | null)[]): (string | undefined)[] {
  return losses.map((loss, i) => rule.look(task(index), { step: i + 1, loss }));
}

const none = (count: number): undefined[] => Array(count).fill(undefined);

describe('The median rule', () => {
  const withThree = (options: Partial<Parameters<typeof medianRule>[0]> = {}): StopRule => {
    const rule = medianRule({ metric: 'loss', ...options });
    assert.deepEqual(tell(rule, 0, [1, 0.5, 0.2]), none(3)); // 0.75 on the average up to step 2
    assert.deepEqual(tell(rule, 1, [1, 0.6, 0.4]), none(3)); // 0.8
    assert.deepEqual(tell(rule, 2, [1, 0.7, 0.5]), none(3)); // 0.85
    return rule;
  };

  it('stops a task whose best is worse than the median of what the others had on the average up to that step', () => {
    const rule = withThree();
    assert.deepEqual(tell(rule, 3, [1, 0.81]), [
      undefined,
      'at step 2 its best loss is worse than the median of 3 others',
    ]);
    assert.deepEqual(tell(withThree(), 3, [1, 0.79]), none(2));
    assert.deepEqual(tell(withThree(), 3, [0.1, 0.99]), none(2), 'its best counts, not its last');
  });

  it('waits for so many steps, and for so many others', () => {
    assert.deepEqual(tell(withThree({ graceSteps: 3 }), 3, [9, 9, 9]).slice(0, 2), none(2));
    assert.match(tell(withThree({ graceSteps: 3 }), 3, [9, 9, 9])[2] ?? '', /^at step 3/);
    assert.deepEqual(tell(withThree({ minTasks: 4 }), 3, [9, 9, 9]), none(3));
    assert.deepEqual(tell(withThree(), 3, [1, 0.7, 0.4, 9, 9]), none(5), 'nobody has been at step 4');
  });

  it('takes what is no number for the worst, and more for better where the goal says so', () => {
    assert.match(tell(withThree(), 3, [null])[0] ?? '', /^at step 1/);
    const more = medianRule({ metric: 'loss', goal: 'max', minTasks: 1 });
    assert.deepEqual(tell(more, 0, [5, 6]), none(2));
    assert.deepEqual(tell(more, 1, [7, 8]), none(2));
    assert.match(tell(more, 2, [4])[0] ?? '', /^at step 1/);
  });

  it('counts what is told where no step is, or by the key that is named, and overlooks what tells nothing of the metric', () => {
    const rule = medianRule({ metric: 'loss', step: 'epoch', minTasks: 1 });
    assert.equal(rule.look(task(0), { epoch: 5, loss: 1 }), undefined);
    assert.equal(rule.look(task(1), { loss: 0.5 }), undefined);
    assert.equal(rule.look(task(2), { epoch: 5, step: 1, other: 1 }), undefined);
    assert.match(rule.look(task(2), { epoch: 5, loss: 2 }) ?? '', /^at step 5/);
    assert.match(rule.look(task(3), { loss: 2 }) ?? '', /^at step 1/);
  });

  it('forgets what a task has told that is begun anew', () => {
    const rule = withThree();
    assert.deepEqual(tell(rule, 3, [0.1]), none(1));
    rule.forget?.(task(3));
    assert.match(tell(rule, 3, [1, 0.9])[1] ?? '', /^at step 2/);
  });
});

describe('The ASHA rule', () => {
  it('lets the best part go on of those that have come to a step so far', () => {
    const rule = ashaRule({ metric: 'loss', reduction: 2 });
    const said = [5, 4, 6, 3, 4.5, 3.5].map((loss, index) => tell(rule, index, [loss])[0]);
    assert.deepEqual(said, [
      undefined, // alone
      undefined, // the best of two
      'at step 1 its loss is number 3 of 3; the best 1 go on',
      undefined,
      'at step 1 its loss is number 3 of 5; the best 2 go on',
      undefined,
    ]);
  });

  it('looks at each task once at the first steps, and then at so many times more each time', () => {
    const rule = ashaRule({ metric: 'loss', reduction: 2, graceSteps: 2 });
    tell(rule, 0, [1, 1, 1, 1, 1, 1, 1, 1]);
    const worse = tell(rule, 1, [9, 9, 9, 9, 9, 9, 9, 9]);
    assert.deepEqual(
      worse.flatMap((said, i) => (said === undefined ? [] : [i + 1])),
      [2, 4, 8],
    );
  });

  it('takes what is no number for the worst, and more for better where the goal says so', () => {
    const rule = ashaRule({ metric: 'loss', goal: 'max', reduction: 2 });
    assert.deepEqual(tell(rule, 0, [1]), none(1));
    assert.match(tell(rule, 1, [null])[0] ?? '', /number 2 of 2/);
    assert.deepEqual(tell(rule, 2, [2]), none(1));
  });

  it('ends a task that has come to the last step', () => {
    const rule = ashaRule({ metric: 'loss', maxStep: 3 });
    assert.deepEqual(tell(rule, 0, [1, 1, 1]), [undefined, undefined, 'it has reached step 3']);
  });

  it('looks again at a task that is begun anew', () => {
    const rule = ashaRule({ metric: 'loss', reduction: 2 });
    tell(rule, 0, [1]);
    assert.match(tell(rule, 1, [2])[0] ?? '', /number 2 of 2/);
    rule.forget?.(task(1));
    assert.deepEqual(tell(rule, 1, [0.5]), none(1));
    assert.match(tell(rule, 2, [0.7])[0] ?? '', /number 2 of 3/);
  });
});

describe('Rules that stop tasks early', () => {
  it('are refused where they say nothing that makes sense', () => {
    for (const [make, expected] of [
      [() => medianRule({} as never), /needs a "metric"/],
      [() => medianRule({ metric: 'loss', minTask: 1 } as never), /no option "minTask"/],
      [() => medianRule({ metric: 'loss', goal: 'most' } as never), /"goal" takes 'min' or 'max'/],
      [() => ashaRule({ metric: 'loss', reduction: 1 }), /greater than 1/],
      [() => ashaRule({ metric: 'loss', graceSteps: 0 }), /"graceSteps" takes a number greater than 0/],
    ] as const) {
      assert.throws(make, { code: 'ERR_OPTION', message: expected });
    }
  });
});
