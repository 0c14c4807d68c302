import assert from 'node:assert/strict';
import * as pyworkers from 'pyworkers';
import * as context from 'pyworkers/context';

// Whatever is added here is promised, and whatever is taken away breaks somebody: both go into CHANGELOG.md.
describe('the public names', () => {
  it('of pyworkers are these', () => {
    assert.deepEqual(Object.keys(pyworkers), [
      'CallAbortedError',
      'ConnectError',
      'END',
      'InlineWorker',
      'LinkError',
      'NoResultError',
      'OptionError',
      'PersistentInlineWorker',
      'PersistentProcessWorker',
      'PersistentRemoteWorker',
      'PersistentThreadWorker',
      'PersistentWorker',
      'Pool',
      'PoolError',
      'ProcessWorker',
      'RemoteContext',
      'RemoteContextRef',
      'RemoteWorker',
      'StartedInImportError',
      'TargetError',
      'ThreadWorker',
      'ThrownValueError',
      'TokenError',
      'UnsendableError',
      'Worker',
      'WorkerClosedError',
      'WorkerListener',
      'WorkerLostError',
      'WorkerServer',
      'WorkerTerminatedError',
      'context',
      'isMain',
      'map',
      'registerType',
      'target',
      'tmpSshServer',
      'zip',
    ]);
  });

  it('of pyworkers/context are these', () => {
    assert.deepEqual(Object.keys(context), ['context', 'isMain', 'registerType']);
  });
});
