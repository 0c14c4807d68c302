import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A module that was imported. */
export interface Imported {
  readonly namespace: Readonly<Record<string, unknown>>;
  /** What Node has to be started with, by `--import`, so that workers can import it too. */
  readonly needsLoader?: string;
}

/** What Node says of TypeScript that it does not take as it is. */
const typeScriptCodes = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_MODULE_NOT_FOUND',
]);

/** Imports a file. TypeScript that Node cannot load is loaded by tsx, if the project has it. */
export async function importFile(file: string): Promise<Imported> {
  const url = pathToFileURL(file).href;
  try {
    return { namespace: await import(url) };
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (!isTypeScript(file) || !typeScriptCodes.has(code)) throw error;
    const needsLoader = tsxFor(file);
    if (needsLoader === undefined && code === 'ERR_MODULE_NOT_FOUND') throw error;
    if (needsLoader === undefined) throw new Error(noLoader, { cause: error });
    return { namespace: await importByTsx(file, url), needsLoader };
  }
}

/** What a module needs that is not imported here but by workers. Throws where that is not to be had. */
export function loaderFor(file: string): string | undefined {
  if (!isTypeScript(file) || stripsTypes() || hasLoader()) return undefined;
  const found = tsxFor(file);
  if (found === undefined) throw new Error(noLoader);
  return found;
}

const noLoader = `Node ${process.versions.node} does not load TypeScript. Install tsx in the project (npm install tsx), use Node 22.18 or later, or write it in JavaScript.`;

function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

/** Whether this Node takes TypeScript as it is. */
export function stripsTypes(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript); // not in the types of Node 20
}

/** Whether Node was started with tsx; workers are started with the same flags. */
function hasLoader(): boolean {
  return [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((flag) => /\btsx\b/.test(flag));
}

function tsxFor(file: string): string | undefined {
  try {
    return pathToFileURL(createRequire(file).resolve('tsx')).href;
  } catch {
    return undefined; // it is not installed there
  }
}

async function importByTsx(file: string, url: string): Promise<Imported['namespace']> {
  const api = createRequire(file)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs'); // the one for require() cannot be imported
  const { tsImport } = (await import(pathToFileURL(api).href)) as {
    tsImport(specifier: string, parent: string): Promise<Imported['namespace']>;
  };
  return tsImport(url, url);
}
