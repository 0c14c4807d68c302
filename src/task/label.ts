import type { Params } from './value.js';

/** A point, as far as it tells what its values are called. */
interface Labelled {
  readonly params: Params;
  readonly texts: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the value of a variable is called: its label, else its text. `undefined` where the variable is not in effect. */
export function labelOf(name: string, { labels = {}, texts, params }: Labelled): string | undefined {
  if (Object.hasOwn(labels, name)) return labels[name];
  if (Object.hasOwn(texts, name)) return texts[name];
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
