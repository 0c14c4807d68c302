import { relative } from 'node:path';

/** The working directory as it was at the start: what is run again may be run somewhere else. */
export const home = process.cwd();

/** A path as it is to be shown: seen from where the command was given. */
export function placeOf(path: string): string {
  const place = relative(home, path);
  return place === '' ? '.' : place.startsWith('../../..') ? path : place;
}
