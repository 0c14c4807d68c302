import type { TaskEnd, TaskStatus } from '../../task/record.js';
import type { Value } from '../../task/value.js';

/**
 * A line of a journal is JSON, and begins so that it can be told without parsing what it says and that it is whole:
 * `{"e":"end","id":"4f…","st":"done","n":1,"b":218,` and then 218 bytes.
 */
export interface Line {
  readonly kind: 'start' | 'part' | 'end' | 'released' | 'forgotten';
  readonly id: string;
  readonly attempt: number;
  /** Of an end. */
  readonly status?: TaskStatus;
}

export interface Start {
  readonly folder: string;
  /** Its place in the plan, as that was then. */
  readonly index?: number;
  readonly worker: string;
  readonly gpus: readonly string[];
  readonly host: string;
  readonly startedAt: number;
}

/** What is done of a task that goes on: its commands up to now, those of attempts before among them. */
export type Part = Pick<TaskEnd, 'id' | 'attempt' | 'startedAt' | 'commands' | 'result'>;

export function startLine(id: string, attempt: number, start: Start): string {
  return `{"e":"start","id":"${id}","n":${attempt},${counted(JSON.stringify(start).slice(1))}`;
}

export function partLine({ id, attempt, ...part }: Part): string {
  return `{"e":"part","id":"${id}","n":${attempt},${counted(JSON.stringify(part).slice(1))}`;
}

/** `body` is everything but the id, the status and the attempt: see `bodyOf`. */
export function endLine(end: TaskEnd, body: string): string {
  return `{"e":"end","id":"${end.id}","st":"${end.status}","n":${end.attempt},${counted(body)}`;
}

/** It was begun on record only, and does not count. */
export function releasedLine(id: string, attempt: number, at: number): string {
  return `{"e":"released","id":"${id}","n":${attempt},${counted(`"t":${at}}`)}`;
}

export function forgottenLine(id: string, upToAttempt: number, at: number): string {
  return `{"e":"forgotten","id":"${id}","n":${upToAttempt},${counted(`"t":${at}}`)}`;
}

/** What else is worth knowing; it changes nothing about any task. */
export function noteLine(kind: string, note: Record<string, Value>): string {
  return `${JSON.stringify({ e: kind, ...note })}\n`;
}

/** A record's JSON from behind what every line of an end begins with. */
export function bodyOf(end: TaskEnd): string {
  const { id: _, status: __, attempt: ___, ...rest } = end;
  return JSON.stringify(rest).slice(1);
}

/** An end as it was recorded. */
export function endFrom(line: string): TaskEnd | undefined {
  try {
    const { e: _, st, n, b: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return { ...rest, status: st, attempt: n } as unknown as TaskEnd; // our own line, and a whole one
  } catch {
    return undefined; // changed since by another hand
  }
}

/** What was recorded of a part. */
export function partFrom(line: string): Part | undefined {
  try {
    const { e: _, n, b: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return { ...rest, attempt: n } as unknown as Part; // our own line
  } catch {
    return undefined;
  }
}

/** What was recorded of a start. */
export function startFrom(line: string): (Start & { readonly id: string; readonly attempt: number }) | undefined {
  try {
    const { e: _, n, b: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return { ...rest, attempt: n } as unknown as Start & { id: string; attempt: number }; // our own line
  } catch {
    return undefined;
  }
}

/** Reads a line's beginning; 'note' where it says nothing about a task, `undefined` where it is no whole record. */
export function readLine(bytes: Buffer, from: number, to: number): Line | 'note' | undefined {
  const line = quickly(bytes, from, to);
  return line ?? slowly(bytes.toString('utf8', from, to));
}

function counted(body: string): string {
  return `"b":${Buffer.byteLength(body)},${body}\n`;
}

const kinds = [
  ['start', Buffer.from('{"e":"start","id":"')],
  ['end', Buffer.from('{"e":"end","id":"')],
  ['released', Buffer.from('{"e":"released","id":"')],
  ['forgotten', Buffer.from('{"e":"forgotten","id":"')],
  ['part', Buffer.from('{"e":"part","id":"')],
] as const;
const statuses = [
  ['done', Buffer.from('","st":"done","n":')],
  ['failed', Buffer.from('","st":"failed","n":')],
  ['stopped', Buffer.from('","st":"stopped","n":')],
  ['cancelled', Buffer.from('","st":"cancelled","n":')],
] as const;
const attemptFollows = Buffer.from('","n":');
const lengthFollows = Buffer.from(',"b":');
const quote = 34;

/** A million lines are read in a second or two: no object is made but the result, no text but the id. */
function quickly(bytes: Buffer, from: number, to: number): Line | undefined {
  const found = kinds.find(([, prefix]) => isAt(bytes, from, prefix));
  if (!found) return undefined;
  const [kind, prefix] = found;
  const idFrom = from + prefix.length;
  let at = idFrom;
  while (at < to && bytes[at] !== quote) at += 1;
  const id = bytes.toString('latin1', idFrom, at);
  const status = kind === 'end' ? statuses.find(([, text]) => isAt(bytes, at, text)) : undefined;
  if (kind === 'end' && !status) return undefined;
  const before = status?.[1] ?? attemptFollows;
  if (!isAt(bytes, at, before)) return undefined;
  const attempt = numberAt(bytes, at + before.length);
  at = attempt.end;
  if (!isAt(bytes, at, lengthFollows)) return undefined;
  const length = numberAt(bytes, at + lengthFollows.length);
  if (length.end + 1 + length.value !== to) return undefined; // torn, or two in one
  return status ? { kind, id, attempt: attempt.value, status: status[0] } : { kind, id, attempt: attempt.value };
}

function isAt(bytes: Buffer, from: number, expected: Buffer): boolean {
  for (let at = 0; at < expected.length; at += 1) if (bytes[from + at] !== expected[at]) return false;
  return true;
}

function numberAt(bytes: Buffer, from: number): { value: number; end: number } {
  let value = 0;
  let end = from;
  for (let digit = digitAt(bytes, end); digit >= 0; digit = digitAt(bytes, end)) {
    value = value * 10 + digit;
    end += 1;
  }
  return { value, end };
}

function digitAt(bytes: Buffer, at: number): number {
  const digit = (bytes[at] ?? 0) - 48;
  return digit <= 9 ? digit : -1;
}

/** What has another shape: a note, or a line that somebody has edited. The beginning of a JSON text is never JSON. */
function slowly(text: string): Line | 'note' | undefined {
  try {
    const record = JSON.parse(text) as Record<string, unknown>;
    const { e: kind, id, n: attempt, st } = record;
    const known = kinds.find(([name]) => name === kind)?.[0];
    if (!known) return typeof kind === 'string' ? 'note' : undefined;
    if (typeof id !== 'string' || typeof attempt !== 'number') return undefined;
    if (known !== 'end') return { kind: known, id, attempt };
    const status = statuses.find(([name]) => name === st)?.[0];
    return status ? { kind: known, id, attempt, status } : undefined;
  } catch {
    return undefined;
  }
}
