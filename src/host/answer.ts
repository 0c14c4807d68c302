import type { Report } from '../protocol/messages.js';
import type { Call } from './call.js';
import { asError, explainReference, isStopRequest } from './thrown.js';

/** How a call ended. */
export type Answer = Extract<Report, { type: 'returned' | 'threw' | 'stopped' }>;

/** What is to be said of a call that is over. One that was stopped has hooks to run first. */
export function answerTo(call: Call, isFromSource: boolean): Answer | Promise<Answer> {
  const { id, outcome, ranUs } = call;
  if (outcome?.type === 'returned') return { type: 'returned', id, ranUs, payload: outcome.value };
  if (outcome?.type !== 'threw' || call.shouldStop) return stopped(call);
  if (isFromSource) explainReference(outcome.error);
  return { type: 'threw', id, ranUs, payload: asError(outcome.error) };
}

async function stopped(call: Call): Promise<Answer> {
  const { id, outcome } = call;
  const hookFailure = await call.context.runHooks();
  const thrown = outcome?.type === 'threw' && !isStopRequest(outcome.error) ? outcome.error : hookFailure;
  return {
    type: 'stopped',
    id,
    how: outcome?.type === 'interrupted' ? 'interrupted' : 'asked',
    payload: thrown === undefined ? undefined : asError(thrown),
  };
}
