import type { SpaceSpec } from './space-spec.js';

/** What may be said of a space, apart from which of its commands are run. */
export const spaceKeys = [
  'title',
  'variables',
  'points',
  'computed',
  'defaults',
  'aliases',
  'constraints',
  'exclude',
  'include',
  'repeats',
  'sample',
] as const satisfies readonly (keyof SpaceSpec)[];
