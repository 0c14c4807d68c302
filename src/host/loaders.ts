import { createRequire } from 'node:module';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * On Node 20 a thread does not get the loader that its process was started with (`--import tsx`), so TypeScript modules
 * would not load there. Later versions hand it on.
 */
export async function registerLoaders(): Promise<void> {
  const isLoaderMissing = Number.parseInt(process.versions.node, 10) < 22;
  const api = isLoaderMissing ? tsxApi() : undefined;
  if (!api) return;
  const { register } = (await import(api.href)) as { register(): void };
  register();
}

/** As the flags name it: by its name, or by a file of its own, as its command does. */
function tsxApi(): URL | undefined {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(' ')].filter((flag) =>
    /\btsx\b/.test(flag),
  );
  const files = flags
    .map((flag) => flag.replace(/^--[a-z-]+=/, ''))
    .filter((file) => file.startsWith('file:') || isAbsolute(file));
  if (flags.length === 0) return undefined;
  for (const place of [...files, `${process.cwd()}/`]) {
    try {
      const found = createRequire(place).resolve('tsx/esm/api');
      return pathToFileURL(found.replace(/\.cjs$/, '.mjs')); // the one for require() cannot be imported
    } catch {
      // not from there; without it, a TypeScript module says itself that it cannot be imported
    }
  }
  return undefined;
}
