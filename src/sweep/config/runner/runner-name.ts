import { existsSync } from 'node:fs';
import { percentG } from './python-number.js';
import type { PythonValue } from './python-value.js';

/** A parameter that a document has chosen. */
export interface Chosen {
  readonly name: string;
  readonly given: PythonValue;
}

const lengthMax = 100;
const shortLength = 2;

/** The name that runner gives to a choice of parameters: `Lr_0.1-EnDim_512-EarlyStop_T`. */
export function runnerName(chosen: readonly Chosen[]): string {
  return chosen.map(({ name, given }) => `${shortName(name)}_${shortValue(given)}`).join('-');
}

/** `encoder-embed_dim` is `EnEmbed_Dim`, `learning_rate` is `LeRate`. */
function shortName(name: string): string {
  const parts = name.includes('-') ? name.split('-') : name.split('_');
  const last = parts.pop() ?? '';
  return (
    parts.map((part) => (part.length > shortLength ? titled(part.slice(0, shortLength)) : part)).join('') + titled(last)
  );
}

/** As Python's `title()`: each run of letters begins with a capital and goes on without. */
function titled(text: string): string {
  return text.replaceAll(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}

function shortValue({ value, text, type }: PythonValue): string {
  if (type === 'boolean') return value === true ? 'T' : 'F';
  if (type === 'number') return percentG(Number(value));
  return asFolder(type === 'string' ? shortText(text) : text);
}

/** Of a file or folder that is there only its last name. */
function shortText(text: string): string {
  const base = existsSync(text)
    ? text.slice(text.lastIndexOf('/') + 1)
    : text.replace(/^[/.]*/, '').replaceAll('/', '_');
  return [...base].slice(-lengthMax).join('');
}

/** Nothing that a folder's name cannot have. */
function asFolder(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f/\\]/g, '_');
}
