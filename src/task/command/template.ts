import { OptionError } from '../../base/errors.js';
import type { Params } from '../value.js';
import { renderFlag, textOf } from './flags.js';
import { nearest } from './nearest.js';
import { shellQuote } from './shell-quote.js';
import type { Slot, TemplatePiece } from './template-piece.js';
import { scanTemplate } from './template-scan.js';

/** A command with places for parameters. */
export interface Template {
  readonly text: string;
  readonly pieces: readonly TemplatePiece[];
  /** The parameters it uses, reserved ones left out. */
  readonly names: readonly string[];
}

/** What one task puts into its commands. */
export interface TemplateValues {
  readonly params: Params;
  /** The source text of the parameters that have one: `1e-4`, where the value is 0.0001. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly reserved: Readonly<Record<Reserved, string>>;
}

/** `_name`: of the task, to be read. `_output`: its folder. `_time`: when it began. `_id`: of its point. */
type Reserved = (typeof reservedNames)[number];
const reservedNames = ['_name', '_output', '_time', '_id'] as const;

/**
 * Reads a command template.
 *
 * - `{lr}` becomes the parameter's source text, quoted for the place where it stands: the program is given exactly that
 *   text, within quotes of yours as well. `[lr]`, a word of its own, becomes `--lr 0.1` (see `renderFlag`), and
 *   `[learning-rate=lr]` becomes `--learning-rate 0.1`.
 * - `{{lr}}` and `[[lr]]` are the texts `{lr}` and `[lr]`. What does not look like a parameter is left alone: `${HOME}`,
 *   `$(date)`, `[ -f x ]`, `{a,b}`, `[0]`, `awk '{print $1}'`.
 * - Lines are folded, but for those in quotes; comments are left out.
 * - A value is quoted for one shell. What another one reads again (`eval`, `bash -c`, `ssh`) needs more than that.
 * - A value that begins with `-` is passed on as it is; the program may take it for a flag of its own.
 */
export function parseTemplate(text: string): Template {
  if (text.includes('\0')) throw new OptionError('A command has a NUL character in it.');
  const pieces = scanTemplate(text);
  if (pieces.every((piece) => piece === '')) throw new OptionError('A command is empty.');
  const used = pieces.filter((piece) => isSlot(piece)).filter((slot) => slot.refused === undefined);
  const flags = new Set(used.filter(({ kind }) => kind === 'flag').map(({ name }) => name));
  const twice = used.find(({ kind, name }) => kind === 'value' && flags.has(name));
  if (twice) {
    throw new OptionError(`A command uses "${twice.name}" both as {${twice.name}} and as [${twice.name}]. Keep one.`);
  }
  const names = used.map(({ name }) => name).filter((name) => !isReserved(name));
  return { text, pieces, names: [...new Set(names)] };
}

/** Refuses a template that names a parameter which no task has. */
export function checkTemplate(template: Template, names: Iterable<string>): void {
  const known = new Set(names);
  for (const piece of template.pieces) if (isSlot(piece)) checkSlot(piece, known);
}

/**
 * The command line of one task. A parameter that is not in effect in this task is nothing as a flag, and an error as
 * `{…}`.
 */
export function fillTemplate(template: Template, values: TemplateValues): string {
  return template.pieces.reduce<string>((line, piece) => {
    if (!isSlot(piece)) return line + piece;
    if (piece.refused !== undefined) checkSlot(piece, new Set(Object.keys(values.params)));
    const text = piece.refused !== undefined ? piece.written : slotText(piece, values);
    return text === '' && piece.kind === 'flag' && line.endsWith(' ') ? line.slice(0, -1) : line + text;
  }, '');
}

/** Parameters that no template uses: they change a task's name and nothing else. */
export function orphans(templates: readonly Template[], names: Iterable<string>): string[] {
  const used = new Set(templates.flatMap((template) => template.names));
  return [...names].filter((name) => !used.has(name));
}

function slotText(slot: Slot, { params, texts = {}, reserved }: TemplateValues): string {
  const { kind, name, place } = slot;
  const own = isReserved(name) ? reserved[name] : Object.hasOwn(texts, name) ? texts[name] : undefined;
  const value = isReserved(name) ? reserved[name] : Object.hasOwn(params, name) ? params[name] : undefined;
  if (kind === 'flag') return renderFlag(slot.flag ?? (isReserved(name) ? name.slice(1) : name), value, own);
  if (value === undefined) throw new OptionError(unknown(slot, Object.keys(params)));
  return shellQuote(own ?? textOf(value), place);
}

function checkSlot(slot: Slot, known: ReadonlySet<string>): void {
  const isKnown = known.has(slot.name) || isReserved(slot.name);
  if (slot.refused === undefined && !isKnown) throw new OptionError(unknown(slot, known));
  if (slot.refused === undefined || !isKnown) return;
  throw new OptionError(
    `${slot.written} cannot be put in: ${slot.refused}. For the text itself write ${doubled(slot)}.`,
  );
}

function unknown(slot: Slot, names: Iterable<string>): string {
  const all = [...names, ...reservedNames];
  const like = nearest(slot.name, all);
  const hint = like === undefined ? `There are: ${all.join(', ')}.` : `Did you mean "${like}"?`;
  return `A command uses ${slot.written}, but there is no parameter "${slot.name}". ${hint} For the text itself write ${doubled(slot)}.`;
}

const doubled = ({ kind, written }: Slot): string => (kind === 'value' ? `{${written}}` : `[${written}]`);

function isSlot(piece: TemplatePiece): piece is Slot {
  return typeof piece !== 'string';
}

function isReserved(name: string): name is Reserved {
  return (reservedNames as readonly string[]).includes(name);
}
