import assert from 'node:assert/strict';
import * as pyworkers from 'pyworkers';
import * as context from 'pyworkers/context';

// Whatever is added here is promised, and whatever is taken away breaks somebody: both go into CHANGELOG.md.
describe('the public names', () => {
  it('of pyworkers are these', () => {
    assert.deepEqual(Object.keys(pyworkers), [
      'CallAbortedError',
      'InlineWorker',
      'NoResultError',
      'OptionError',
      'PersistentInlineWorker',
      'PersistentProcessWorker',
      'PersistentThreadWorker',
      'PersistentWorker',
      'ProcessWorker',
      'StartedInImportError',
      'TargetError',
      'ThreadWorker',
      'ThrownValueError',
      'UnsendableError',
      'Worker',
      'WorkerClosedError',
      'WorkerLostError',
      'WorkerTerminatedError',
      'context',
      'isMain',
      'registerType',
      'target',
    ]);
  });

  it('of pyworkers/context are these', () => {
    assert.deepEqual(Object.keys(context), ['context', 'isMain', 'registerType']);
  });
});
