import { inspect, types } from 'node:util';
import { ThrownValueError, WorkerTerminatedError } from '../base/errors.js';

/** What was thrown, as an error: anything can be thrown, `undefined` too, but only errors say where. */
export function asError(thrown: unknown): unknown {
  if (types.isNativeError(thrown) || thrown instanceof Error) return thrown;
  return new ThrownValueError(`The target threw ${describe(thrown)}, which is not an Error.`, thrown);
}

/** Whether this is the request to stop itself, coming back out of the target, and no failure of its own. */
export function isStopRequest(error: unknown): boolean {
  if (error instanceof WorkerTerminatedError) return true;
  return error instanceof Error && error.name === 'AbortError';
}

/** Names that a function sent as source text cannot see are the commonest of its failures, and the least obvious. */
export function explainReference(error: unknown): void {
  if (!(error instanceof ReferenceError) || !error.message.endsWith(' is not defined')) return;
  error.message +=
    '. This target was sent as source text, so it cannot see names outside of itself. ' +
    "Export it from its module, or name it with target(import.meta.url, 'name').";
}

function describe(value: unknown): string {
  try {
    return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 200);
  } catch {
    return `a ${typeof value}`;
  }
}
