import type { Session } from 'node:inspector';
import type { AnyFunction, Place } from './target-ref.js';

const places = new WeakMap<AnyFunction, Place>();
const scriptUrls = new Map<string, string>();
let session: Session | undefined;

/**
 * Where a function was defined, as the engine knows it. `undefined` for what was never in a file (built-ins, bound
 * functions, evaluated text) and where there is no inspector to ask (`--permission`, builds without it).
 */
export function placeOf(fn: AnyFunction): Place | undefined {
  const known = places.get(fn);
  if (known) return known;
  const place = ask(fn);
  if (place) places.set(fn, place);
  return place;
}

function ask(fn: AnyFunction): Place | undefined {
  const key = `pyworkers:${Math.random()}`;
  const globals = globalThis as Record<string, unknown>;
  globals[key] = fn;
  try {
    session ??= connected();
    const objectId = post('Runtime.evaluate', { expression: `globalThis[${JSON.stringify(key)}]` })?.result?.objectId;
    const internal = post('Runtime.getProperties', { objectId, ownProperties: false })?.internalProperties;
    const location = internal?.find((property) => property.name === '[[FunctionLocation]]')?.value?.value;
    return location && placeIn(location);
  } catch {
    return undefined; // without an inspector a function is sent as source text, or named by target()
  } finally {
    delete globals[key];
  }
}

function placeIn({ scriptId, lineNumber, columnNumber }: Location): Place | undefined {
  if (!scriptUrls.has(scriptId)) {
    // Enabled only for this moment, in which it names all scripts: left on, every await is eight times as slow.
    post('Debugger.enable', {});
    post('Debugger.disable', {});
  }
  const url = scriptUrls.get(scriptId);
  return url ? { url, line: lineNumber, column: columnNumber } : undefined;
}

function connected(): Session {
  const { Session } = process.getBuiltinModule('node:inspector'); // only now: hosts hardly ever need it
  const created = new Session();
  created.connect();
  created.on('Debugger.scriptParsed', ({ params }) => scriptUrls.set(params.scriptId, params.url));
  return created;
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** The two answers that are read, as far as they are read. */
interface Answer {
  readonly result?: { readonly objectId?: string };
  readonly internalProperties?: readonly { readonly name: string; readonly value?: { readonly value?: Location } }[];
}

/** In process, the answer is there before `post` returns. */
function post(method: string, params: object): Answer | undefined {
  let answer: Answer | undefined;
  session?.post(method, params, (error, result) => {
    if (error) throw error;
    answer = result as Answer;
  });
  return answer;
}
