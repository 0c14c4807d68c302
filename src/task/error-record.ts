import type { ErrorRecord } from './record.js';

const MESSAGE_MAX = 4000;
const STACK_MAX = 16_000;

/** What was thrown, as it is written down: whatever it is, and however long. */
export function errorRecord(thrown: unknown): ErrorRecord {
  if (!(thrown instanceof Error)) return { name: 'Error', message: cut(`Thrown: ${textOf(thrown)}`, MESSAGE_MAX) };
  const { name, message, stack } = thrown;
  const told = typeof stack === 'string' ? { stack: cut(stack, STACK_MAX) } : {};
  return { name: String(name), message: cut(String(message), MESSAGE_MAX), ...told };
}

function textOf(thrown: unknown): string {
  try {
    return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return Object.prototype.toString.call(thrown); // cyclic, or a proxy that refuses
  }
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more characters)`;
}
