import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * On Node 20 a thread does not get the loader that its process was started with (`--import tsx`), so TypeScript modules
 * would not load there. Later versions hand it on.
 */
export async function registerLoaders(): Promise<void> {
  const isLoaderMissing = Number.parseInt(process.versions.node, 10) < 22;
  const usesTsx = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((arg) => /\btsx\b/.test(arg));
  if (!isLoaderMissing || !usesTsx) return;
  const found = createRequire(pathToFileURL(`${process.cwd()}/`)).resolve('tsx/esm/api');
  const { register } = (await import(pathToFileURL(found).href)) as { register(): void };
  register();
}
