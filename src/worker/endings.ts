import {
  ConnectError,
  type EndReason,
  type Exit,
  type HowTerminated,
  LinkError,
  WorkerLostError,
  WorkerTerminatedError,
} from '../base/errors.js';

interface Termination {
  readonly name: string;
  readonly how: HowTerminated;
  readonly reason: EndReason;
  readonly mayHaveRun?: boolean;
  readonly cause?: unknown;
}

export function terminatedError({ name, cause, ...rest }: Termination): WorkerTerminatedError {
  const why = {
    asked: 'was terminated',
    timeout: 'was terminated: its time was over',
    signal: 'was terminated: its signal aborted',
    server: 'was terminated: the server it ran on is being stopped',
  }[rest.reason];
  const how = {
    asked: '',
    interrupted: ' (it blocked and was cut off)',
    killed: ' (it did not end by itself and was killed)',
  }[rest.how];
  const notBegun = rest.mayHaveRun === false ? ' before this call had begun' : '';
  return new WorkerTerminatedError(`Worker "${name}" ${why}${notBegun}${how}.`, {
    ...rest,
    ...(cause !== undefined && { cause }),
  });
}

/** A call that was dropped because an earlier one threw (`stopOnError`). */
export function neverBegunError(name: string): WorkerTerminatedError {
  return new WorkerTerminatedError(`Worker "${name}" ended at an earlier call's error, before this call had begun.`, {
    mayHaveRun: false,
  });
}

export function lostError(name: string, exit: Exit): WorkerLostError {
  if (exit.error instanceof ConnectError) return exit.error;
  const options = exit.error === undefined ? { exit } : { exit, cause: exit.error };
  return new WorkerLostError(`Worker "${name}" ${describeExit(exit)}.`, options);
}

function describeExit({ code, signal, error }: Exit): string {
  const reason = error as { code?: unknown; message?: unknown } | undefined;
  if (reason?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return `ran out of memory: ${String(reason.message)} (raise resourceLimits.maxOldGenerationSizeMb)`;
  }
  if (signal === 'SIGABRT' || code === 134) {
    return 'was aborted by the engine (SIGABRT), as it does when out of memory: see its stderr, or raise resourceLimits.maxOldGenerationSizeMb';
  }
  if (error instanceof LinkError) return `is gone: ${error.message}`;
  if (error !== undefined) {
    const where = code === null ? 'could not be started' : 'ended by an uncaught error outside of any call';
    return `${where}: ${String(reason?.message ?? error)}`;
  }
  if (signal) return `was ended from outside by ${signal}`;
  return code === null ? 'is gone: its connection closed' : `exited with code ${code} before its target had returned`;
}
