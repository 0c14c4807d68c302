import { writeSync } from 'node:fs';
import type { LoadHook } from 'node:module';

/** Writes the URL of each module that is loaded, one a line: hooks run in a thread of their own, which shares stdout. */
export const load: LoadHook = (url, context, nextLoad) => {
  writeSync(1, `${url}\n`);
  return nextLoad(url, context);
};
