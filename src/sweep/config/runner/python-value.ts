import type { Value } from '../../../task/value.js';
import type { Written } from '../../space/space-spec.js';
import { recordOf } from '../make-plain.js';
import { withText } from '../written.js';
import type { YamlNode, YamlScalar } from '../yaml-node.js';
import { pythonFloat } from './python-number.js';

/** A value as Python reads it from YAML. */
export interface PythonValue {
  readonly value: Value;
  /** As Python's `str` writes it: what runner puts into commands. */
  readonly text: string;
  /** How runner treats it in names. */
  readonly type: 'string' | 'boolean' | 'number' | 'other';
}

/** As PyYAML does, which follows YAML 1.1: `1e-4` is a string, `yes` is true, `1_000` and `0x1F` are numbers. */
export function pythonValue(node: YamlNode): PythonValue {
  if (node.kind === 'scalar') return scalarOf(node);
  if (node.kind === 'list') {
    const items = node.items.map(pythonValue);
    return { value: items.map(({ value }) => value), text: `[${items.map(quoted).join(', ')}]`, type: 'other' };
  }
  const entries = node.entries.map(({ key, keyNode, value }) => ({
    key,
    name: pythonValue(keyNode),
    item: pythonValue(value),
  }));
  return {
    value: recordOf(entries.map(({ key, item }) => [key, item.value])),
    text: `{${entries.map(({ name, item }) => `${quoted(name)}: ${quoted(item)}`).join(', ')}}`,
    type: 'other',
  };
}

/** For a sweep: with its text, where that matters. */
export function writtenOf({ value, text }: PythonValue): Written {
  return withText(value, text);
}

const truths = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const untruths = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const nothing = /^(?:~|null|Null|NULL|)$/;
const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const infinite = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;
const integer =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;

function scalarOf({ isPlain, text, value }: YamlScalar): PythonValue {
  if (!isPlain) return typeof value === 'string' ? stringOf(text) : { value, text, type: 'other' };
  if (truths.test(text)) return { value: true, text: 'True', type: 'boolean' };
  if (untruths.test(text)) return { value: false, text: 'False', type: 'boolean' };
  if (nothing.test(text)) return stringOf('None', 'other');
  if (infinite.test(text))
    return stringOf(text.includes('a') || text.includes('A') ? 'nan' : text.startsWith('-') ? '-inf' : 'inf', 'other');
  if (integer.test(text)) return integerOf(text.replaceAll('_', ''));
  if (float.test(text)) {
    const number = sexagesimal(text.replaceAll('_', ''), Number);
    return { value: number, text: pythonFloat(number), type: 'number' };
  }
  return stringOf(text);
}

function stringOf(text: string, type: PythonValue['type'] = 'string'): PythonValue {
  return { value: text, text, type };
}

/** Exactly, as Python counts; what a number cannot hold here is its digits. */
function integerOf(text: string): PythonValue {
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.replace(/^[-+]/, '');
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (octal.includes(':')) {
    const value = sexagesimal(text, Number);
    return { value, text: String(value), type: 'number' };
  }
  const whole = `${sign}${BigInt(octal)}`.replace(/^-0$/, '0');
  return Number.isSafeInteger(Number(whole))
    ? { value: Number(whole), text: whole, type: 'number' }
    : { value: whole, text: whole, type: 'number' };
}

/** `1:30` is ninety. */
function sexagesimal(text: string, read: (part: string) => number): number {
  if (!text.includes(':')) return read(text);
  const sign = text.startsWith('-') ? -1 : 1;
  const parts = text.replace(/^[-+]/, '').split(':');
  return sign * parts.reduce((sum, part) => sum * 60 + read(part), 0);
}

/** As it stands within a list. */
function quoted({ text, type, value }: PythonValue): string {
  if (type !== 'string' || typeof value !== 'string') return text;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return (
    quote +
    text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll(quote, `\\${quote}`) +
    quote
  );
}
