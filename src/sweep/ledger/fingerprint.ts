import type { Params, Value } from '../../task/value.js';

/**
 * What must stay the same for records to fit: what a task does, the names of its variables, what is computed, what counts as a
 * success. Values are no part of it: more of them, or fewer, always fit.
 */
export interface Fingerprint {
  /** Names of the variables, by the title of their space. Spaces may come and go; one that stays keeps its names. */
  readonly variables?: Readonly<Record<string, Value>>;
  /** By name. Commands may come and go, too; one that stays keeps its template. */
  readonly commands?: Readonly<Record<string, Value>>;
  /** By the title of their space; a space may come and go with them. */
  readonly defaults?: Value;
  readonly aliases?: Value;
  readonly [field: string]: Value | undefined;
}

/** One difference: what was recorded and what is given now, as JSON; `(none)` where there is nothing. */
export interface Change {
  readonly path: string;
  readonly before: string;
  readonly now: string;
}

/** The differences because of which records of the old one do not fit the new one. None: they fit. */
export function checkFits(before: Fingerprint, now: Fingerprint): Change[] {
  const changes = compare(withSpaces(before), withSpaces(now), '');
  return changes.filter(({ path, before: old, now: given }) => {
    return !mayComeAndGo.test(path) || (old !== none && given !== none);
  });
}

/** The new one, and what the old one says of spaces and commands that the new one does not have: they may come again. */
export function joined(before: Fingerprint, now: Fingerprint): Fingerprint {
  const both = comingAndGoing.flatMap((section) => {
    const [old, given] = [before[section], now[section]];
    return isParams(old) && isParams(given) ? [[section, { ...old, ...given }] as const] : [];
  });
  return { ...now, ...Object.fromEntries(both) };
}

/** Defaults and aliases are part of a point's id: with others it is another point, of which nothing is recorded. */
const comingAndGoing = ['variables', 'commands', 'defaults', 'aliases'];
const step = '(?:\\.[\\w-]+|\\["(?:[^"\\\\]|\\\\.)*"\\])';
const mayComeAndGo = new RegExp(`^(?:${comingAndGoing.join('|')})${step}$|^aliases${step}${step}$`);

/** One line each: `commands.train: "python train.py {lr}" -> "python train2.py {lr}"`. */
export function linesOf(changes: readonly Change[]): string {
  return changes.map(({ path, before, now }) => `  ${path}: ${before} -> ${now}`).join('\n');
}

const none = '(none)';

function withSpaces(fingerprint: Fingerprint): Value {
  return JSON.parse(JSON.stringify({ variables: {}, ...fingerprint }));
}

function compare(before: Value | undefined, now: Value | undefined, path: string): Change[] {
  if (isParams(before) && isParams(now)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return names.flatMap((name) => compare(entryOf(before, name), entryOf(now, name), pathTo(path, name)));
  }
  const [old, given] = [textOf(before), textOf(now)];
  return old === given ? [] : [{ path, before: old, now: given }];
}

function isParams(value: Value | undefined): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entryOf(params: Params, name: string): Value | undefined {
  return Object.hasOwn(params, name) ? params[name] : undefined;
}

function pathTo(path: string, name: string): string {
  if (path === '') return name;
  return name === '' || /[^\w-]/.test(name) ? `${path}[${JSON.stringify(name)}]` : `${path}.${name}`;
}

/** The same for the same value, in whatever order its names stand. */
function textOf(value: Value | undefined): string {
  if (value === undefined) return none;
  return JSON.stringify(value, (_, each: Value) =>
    isParams(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each,
  );
}
