import { constants, Script, type ScriptOptions } from 'node:vm';
import { TargetError } from '../base/errors.js';
import { liesAt, pathToExport } from './find-export.js';
import { whileImporting } from './importing.js';
import { onThisHost, rootAdvice } from './root.js';
import type { AnyFunction, TargetRef } from './target-ref.js';
import { unfinishedAt } from './unfinished.js';

/** The function that a reference stands for, in the thread that will run it. */
export async function loadTarget(given: TargetRef, scope: Readonly<Record<string, unknown>>): Promise<AnyFunction> {
  const ref = onThisHost(given);
  switch (ref.type) {
    case 'source':
      return evaluated(ref, scope);
    case 'export':
      return exported(await imported(ref.url), ref);
    case 'place': {
      const here = unfinishedAt(ref);
      if (here) return here;
      const namespace = await imported(ref.url);
      const path = pathToExport(namespace, liesAt(ref));
      if (path) return exported(namespace, { ...ref, path });
      return evaluated({ type: 'source', source: ref.source, name: ref.name, place: ref }, scope);
    }
    default:
      ref satisfies never;
      throw new TypeError('unknown kind of target');
  }
}

async function imported(url: string): Promise<object> {
  try {
    return await whileImporting(() => import(url));
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const advice = rootAdvice();
    throw new TargetError(`The target's module ${url} could not be imported: ${reason}${advice}`, 'ERR_TARGET_IMPORT', {
      cause,
    });
  }
}

function exported(namespace: object, { url, path }: { url: string; path: readonly string[] }): AnyFunction {
  const found = lookUp(namespace, path) ?? lookUp(namespace, ['default', ...path]); // CommonJS may show its exports on `default` only
  if (typeof found === 'function') return found as AnyFunction;
  const name = path.join('.');
  if (found !== undefined) {
    throw new TargetError(`${url}: "${name}" is not a function but ${typeof found}.`, 'ERR_TARGET_NOT_CALLABLE');
  }
  const names = Object.keys(namespace).join(', ') || 'nothing';
  throw new TargetError(
    `${url} has no export "${name}" (it exports: ${names}). Export it, or name another one with target(module, name).`,
    'ERR_TARGET_EXPORT',
  );
}

function lookUp(namespace: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (at == null ? undefined : memberOf(at, name)), namespace);
}

/** What every object or function has, `toString` or `call`, is nobody's export. */
function memberOf(container: object, name: string): unknown {
  const isOfEvery = name in Function.prototype && !Object.hasOwn(container, name);
  return isOfEvery ? undefined : (container as Record<string, unknown>)[name];
}

function evaluated(ref: Extract<TargetRef, { type: 'source' }>, scope: Readonly<Record<string, unknown>>): AnyFunction {
  const { source, place } = ref;
  const head = `(({ ${Object.keys(scope).join(', ')} }) => (`;
  const options: ScriptOptions = {
    // As if it stood where it was written: traces show that line, and import() looks from there.
    filename: place?.url ?? `pyworkers-target-${ref.name || 'anonymous'}`,
    lineOffset: place?.line ?? 0,
    columnOffset: (place?.column ?? 0) - head.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  };
  if (/\bimport\b/.test(source)) muteLoaderWarning();
  return compiled(`${head}${source}))`, { ...options, name: ref.name }).runInThisContext()(scope);
}

function compiled(text: string, { name, ...options }: ScriptOptions & { name: string }): Script {
  try {
    return new Script(text, options);
  } catch (cause) {
    throw new TargetError(
      `"${name}" was sent as source text, which cannot stand alone: ${String(cause)}. Export it from its module, or name it with target(import.meta.url, 'name').`,
      'ERR_TARGET_REFUSED',
      { cause },
    );
  }
}

let isMuted = false;

/** Node 20 calls that loader experimental, once in each host: nothing that a target's author could act on. */
function muteLoaderWarning(): void {
  if (isMuted) return;
  isMuted = true;
  const emit = process.emitWarning as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (!String(args[0]).startsWith('vm.USE_MAIN_CONTEXT_DEFAULT_LOADER')) emit.apply(process, args);
  };
}
