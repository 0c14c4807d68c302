import { OptionError } from '../../base/errors.js';

const lengthMax = 64;

/** Refuses what is no name of a parameter; `where` says what was being named. */
export function checkName(name: string, where: string): void {
  const problem = problemOf(name);
  if (problem)
    throw new OptionError(`${where}: ${JSON.stringify(name.slice(0, 80))} cannot name a parameter: ${problem}.`);
}

function problemOf(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > lengthMax) return `it is longer than ${lengthMax} characters`;
  if (name.startsWith('_')) return 'names that begin with "_" are reserved';
  if (!/^[\w.-]+$/.test(name)) return 'a name has letters, digits, "_", "-" and "." only';
  if (!/[A-Za-z]/.test(name)) return 'it has no letter';
  return /^[A-Za-z0-9]/.test(name) ? undefined : 'it does not begin with a letter or digit';
}
