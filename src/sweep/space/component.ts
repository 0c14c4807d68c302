import { markOf } from './point-id.js';

/** A name and a value for a folder. */
export interface Part {
  readonly name: string;
  readonly code: string;
  readonly text: string;
  readonly label?: string;
}

const innocentLengthMax = 80;
const readableLengthMax = 48;
const markLengthMax = 11;

/**
 * `lr=1e-4`: no two values of a parameter get the same, on file systems that ignore case neither. What cannot stand as it
 * is gets a mark behind `~`, which nothing else has in it: short, which letters are capitals; of 12 digits, of the value.
 */
export function componentOf(part: Part): string {
  const isLabelled = part.label !== undefined && part.label !== part.text;
  const shown = part.label ?? part.text;
  const name = /^(con|prn|aux|nul|com\d|lpt\d)\./i.test(part.name) ? part.name.replace('.', '_') : part.name;
  if (name === part.name && isInnocent(shown) && (isLabelled || isUnmistakable(part))) {
    const mark = markOfCapitals(shown);
    if (mark.length <= markLengthMax) return `${name}=${shown}${mark === '' ? '' : `~${mark}`}`;
  }
  const readable = shown
    .replace(/[^A-Za-z0-9._+@-]+/g, '_')
    .slice(0, readableLengthMax)
    .replace(/\.+$/, '');
  return `${name}=${readable}~${markOf(isLabelled ? `label:${part.name}:${shown}` : `${part.name}:${part.code}`)}`;
}

function isInnocent(text: string): boolean {
  return text.length <= innocentLengthMax && /^[A-Za-z0-9._+@-]*$/.test(text) && !text.endsWith('.');
}

/** Whether the text tells the value and its type: "1" does not, where 1 does. */
function isUnmistakable({ code, text }: Part): boolean {
  const looksLikeNumber = text !== '' && !Number.isNaN(Number(text));
  if (code.startsWith('"'))
    return code === JSON.stringify(text) && !looksLikeNumber && !/^(true|false|null)$/.test(text);
  return looksLikeNumber ? String(Number(text)) === code : text === code;
}

/** Which letters are capitals, as digits; '' if none is. */
function markOfCapitals(text: string): string {
  if (!/[A-Z]/.test(text)) return '';
  let bits = 0n;
  for (let i = 0; i < text.length; i++) if (/[A-Z]/.test(text.charAt(i))) bits |= 1n << BigInt(i);
  return bits === 0n ? '' : bits.toString(32);
}
