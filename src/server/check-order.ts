import { LinkError } from '../base/errors.js';
import type { LinkOrder } from '../protocol/link.js';

const controls = ['terminate', 'cancel', 'recall', 'interrupt', 'stack'];
const NAME_MAX = 1000;
const RECALL_MAX = 100_000;

/** What a caller sends may be anything, although it has the token: its version may be another, or its program wrong. */
export function checkOrder(order: LinkOrder): void {
  if (!isOrder(order)) {
    throw new LinkError(`The caller does not keep to the protocol: a wrong "${order.type}".`, 'ERR_LINK_PROTOCOL');
  }
}

function isOrder(order: LinkOrder): boolean {
  switch (order.type) {
    case 'start':
      return isStart(order.start);
    case 'context':
      return isName(order.id);
    case 'control':
      return (
        isRecord(order.control) &&
        controls.includes(order.control.type as string) &&
        hasGoodId(order.control) &&
        isGoodRecall(order.control)
      );
    default:
      return true;
  }
}

function isStart(start: unknown): boolean {
  if (!isRecord(start)) return false;
  const { name, depth, env, execArgv, resourceLimits, isOutputWanted, context } = start;
  return (
    isName(name) &&
    Number.isInteger(depth) &&
    isRecord(env) &&
    Object.values(env).every((value) => value === null || typeof value === 'string') &&
    (execArgv === undefined || (Array.isArray(execArgv) && execArgv.every((flag) => typeof flag === 'string'))) &&
    (resourceLimits === undefined ||
      (isRecord(resourceLimits) && Object.values(resourceLimits).every((limit) => typeof limit === 'number'))) &&
    typeof isOutputWanted === 'boolean' &&
    (context === undefined || isName(context))
  );
}

function hasGoodId({ id }: Record<string, unknown>): boolean {
  return id === undefined || Number.isSafeInteger(id);
}

/** The host keeps a note for each call that may still come. */
function isGoodRecall({ type, after, upTo }: Record<string, unknown>): boolean {
  if (type !== 'recall') return true;
  return (
    Number.isSafeInteger(after) && Number.isSafeInteger(upTo) && (upTo as number) - (after as number) <= RECALL_MAX
  );
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= NAME_MAX;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
