import { isRecord } from '../../base/checks.js';
import { OptionError } from '../../base/errors.js';
import type { Params, Value } from '../../task/value.js';
import { tidy } from './tidy.js';

/** One task's folder, as it is shown to a function that looks for metrics in it. */
export interface TaskLog {
  /** The task's folder. */
  readonly folder: string;
  readonly params: Params;
  /** The log that is read; `undefined` where the folder has none. */
  readonly path: string | undefined;
  /** Of that log, one at a time; none where there is no log. */
  lines(): AsyncIterable<string>;
  /** The newest log of another command. */
  latestLog(command: string): Promise<string | undefined>;
}

/** Finds metrics in a log. */
export type Extract =
  | ((log: TaskLog) => Found | undefined | Promise<Found | undefined>)
  /** Each named group becomes a column, with what it matched last. Numbers become numbers. */
  | { readonly regex: RegExp }
  /** Lines that are a JSON object: the last value of each key. Others are left out. */
  | { readonly jsonLines: true };

export type Found = Readonly<Record<string, unknown>>;
export type Extractor = (log: TaskLog) => Promise<Params>;

export function extractorOf(extract: Extract): Extractor {
  if (typeof extract === 'function') return async (log) => tidied((await extract(log)) ?? {});
  if (isRecord(extract) && 'regex' in extract && extract.regex instanceof RegExp) return byRegex(extract.regex);
  if (isRecord(extract) && 'jsonLines' in extract && extract.jsonLines === true) return byJsonLines;
  throw new OptionError(
    'examine() takes a function, { regex: /loss=(?<loss>\\S+)/ } or { jsonLines: true } to find metrics with.',
  );
}

function byRegex(regex: RegExp): Extractor {
  if (!/\(\?<[^=!]/.test(regex.source)) {
    throw new OptionError(`The regex ${regex} has no named group. Write (?<name>…) around each value that you want.`);
  }
  const everywhere = new RegExp(regex.source, regex.flags.replace(/[gy]/g, '').concat('g'));
  return async (log) => {
    const found = new Map<string, Value>();
    for await (const line of log.lines()) {
      for (const { groups = {} } of line.matchAll(everywhere)) {
        for (const [name, text] of Object.entries(groups)) if (text !== undefined) found.set(name, parsed(text));
      }
    }
    return Object.fromEntries(found);
  };
}

async function byJsonLines(log: TaskLog): Promise<Params> {
  const found = new Map<string, Value>();
  for await (const line of log.lines()) {
    for (const [name, value] of Object.entries(objectIn(line))) found.set(name, tidy(value));
  }
  return Object.fromEntries(found);
}

function objectIn(line: string): Record<string, unknown> {
  if (!line.trimStart().startsWith('{')) return {};
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // a line of text that begins with a brace, or the torn last line of a log
  }
}

/** `nan` and `inf`, as Python writes them, are numbers that no table holds. */
function parsed(text: string): Value {
  const trimmed = text.trim();
  if (/^[+-]?(nan|inf(inity)?)$/i.test(trimmed)) return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text;
}

function tidied(found: Found): Params {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, tidy(value)]));
}
