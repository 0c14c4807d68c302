import type { Flag } from '../command.js';

/** `-o` and `--output`. */
export function spellings({ flags }: Flag): string[] {
  return flags.match(/(?<=^|\s)--?[\w-]+/g) ?? [];
}

/** Whether a value comes behind it: `must`, `may`, or never. */
export function takesValue({ flags }: Flag): 'must' | 'may' | undefined {
  if (flags.includes('<')) return 'must';
  return flags.includes('[') ? 'may' : undefined;
}
