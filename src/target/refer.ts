import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { settlesWithin } from '../base/deadline.js';
import { OptionError, TargetError } from '../base/errors.js';
import { pathToExport } from './find-export.js';
import { placeOf } from './function-location.js';
import { moduleUrl, NamedTarget, type Target } from './target.js';
import type { AnyFunction, TargetRef } from './target-ref.js';
import { rememberUnfinished } from './unfinished.js';

/** A module that is not there by then is still being evaluated, and may be waiting for us: its top-level await. */
const IMPORT_WAIT_MS = 50;

const known = new WeakMap<AnyFunction, TargetRef>();
const checked = new WeakSet<AnyFunction>();
const moduleCache = createRequire(import.meta.url).cache;

/** Refuses at once what can never be a target. */
export function checkTarget(target: unknown): asserts target is Target {
  if (target instanceof NamedTarget || target instanceof URL) return;
  if (typeof target === 'string') return void moduleUrl(target);
  if (typeof target !== 'function') {
    throw new OptionError(
      `A target is a function, target(module, name), a URL or a path to a module, not ${target === null ? 'null' : typeof target}. A worker without a target takes undefined.`,
    );
  }
  if (!checked.has(target as AnyFunction)) checkFunction(target as AnyFunction);
}

function checkFunction(fn: AnyFunction): void {
  const name = fn.name || 'anonymous';
  const text = Function.prototype.toString.call(fn);
  const refuse = (what: string, instead: string): never => {
    throw new TargetError(`${name} is ${what}, which cannot be sent to a worker. ${instead}`, 'ERR_TARGET_REFUSED');
  };
  if (text.endsWith('{ [native code] }')) {
    const what = name.startsWith('bound ') ? 'a bound function' : 'a native function';
    refuse(what, 'Wrap it in an exported function of your own.');
  }
  if (/^class(?![\p{ID_Continue}$])/u.test(text)) refuse('a class', 'Export a function that makes an instance.');
  if (!isExpression(text)) refuse('a method', 'Export a function that calls it.');
  checked.add(fn);
}

function isExpression(text: string): boolean {
  try {
    new Script(`(${text})`);
    return true;
  } catch (error) {
    return /import\.meta/.test(String(error)); // only that a script has none: found by reference, it is in its module
  }
}

/** What travels for this target. Known at once for what is named or was asked before; a promise the first time otherwise. */
export function refer(target: Target): TargetRef | Promise<TargetRef> {
  if (typeof target === 'function') return known.get(target) ?? remembered(target);
  const { url, exportName } = target instanceof NamedTarget ? target : new NamedTarget(moduleUrl(target), 'default');
  return { type: 'export', url, path: exportName.split('.'), name: exportName };
}

async function remembered(fn: AnyFunction): Promise<TargetRef> {
  const ref = await find(fn);
  if (ref.type !== 'place') known.set(fn, ref); // a place is a makeshift: later the export can be found
  return ref;
}

async function find(fn: AnyFunction): Promise<TargetRef> {
  const { name } = fn;
  const source = Function.prototype.toString.call(fn);
  const place = placeOf(fn);
  if (!place?.url.startsWith('file:')) return { type: 'source', source, name };
  const namespace = requiredModule(place.url) ?? (await importedModule(place.url));
  if (!namespace && exportsSomething(place.url)) {
    rememberUnfinished(place, fn);
    return { type: 'place', ...place, name, source };
  }
  if (!namespace) return { type: 'source', source, name, place };
  const path = pathToExport(namespace, (value) => value === fn);
  return path ? { type: 'export', url: place.url, path, name } : { type: 'source', source, name, place };
}

/** A script without any export has nothing to import it for; nor has one that is no file, as under `--eval`. */
function exportsSomething(url: string): boolean {
  try {
    return /\bexport\b/.test(readFileSync(fileURLToPath(url), 'utf8'));
  } catch {
    return false;
  }
}

/** A CommonJS module, as `import()` would show it. */
function requiredModule(url: string): object | undefined {
  const loaded = moduleCache[fileURLToPath(url)];
  return loaded?.loaded ? { default: loaded.exports } : undefined;
}

async function importedModule(url: string): Promise<object | undefined> {
  const imported: Promise<object> = import(url);
  const isThere = await settlesWithin(imported, IMPORT_WAIT_MS);
  return isThere ? imported.catch(() => undefined) : undefined;
}
