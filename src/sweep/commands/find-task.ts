import { relative, resolve } from 'node:path';
import { OptionError } from '../../base/errors.js';
import type { Task } from '../point.js';
import type { Recorded } from './recorded.js';

const TOLD_MAX = 8;

/**
 * The one task of a record that is meant: by the beginning of its id, its folder (within the output folder, or as a path), or some of
 * its parameters, `lr=0.1,seed=2`. Throws where there is none, or more than one.
 */
export function taskNamed(recorded: Recorded, text: string): Task {
  const found = matching(recorded, text);
  const [first, ...others] = found;
  if (!first) throw new OptionError(`No task of ${recorded.output} is ${JSON.stringify(text)}. ${knownIn(recorded)}`);
  if (others.length === 0) return first;
  const names = found.slice(0, TOLD_MAX).map(({ folder }) => folder);
  const more = found.length > TOLD_MAX ? `, and ${found.length - TOLD_MAX} more` : '';
  throw new OptionError(
    `${found.length} tasks are ${JSON.stringify(text)}: ${names.join(', ')}${more}. Name one of them, or more parameters.`,
  );
}

function matching(recorded: Recorded, text: string): Task[] {
  const folders = [text.replace(/\/+$/, ''), relative(recorded.output, resolve(text))];
  const params = paramsIn(text);
  const byFolder: Task[] = [];
  const others: Task[] = [];
  for (const { task } of recorded.entries()) {
    if (folders.includes(task.folder)) byFolder.push(task);
    else if (/^[0-9a-f]{2,}$/.test(text) && task.point.id.startsWith(text)) others.push(task);
    else if (params && hasAll(task, params)) others.push(task);
  }
  return byFolder.length > 0 ? byFolder : others;
}

/** `lr=0.1,seed=2`, by the texts of the values. */
function paramsIn(text: string): readonly (readonly [string, string])[] | undefined {
  const parts = text.split(/[,/]/).map((part) => part.split('=', 2));
  const isGood = parts.every(([name, value]) => name && value !== undefined);
  return isGood ? parts.map(([name = '', value = '']) => [name, value] as const) : undefined;
}

function hasAll({ point }: Task, params: readonly (readonly [string, string])[]): boolean {
  return params.every(([name, text]) => {
    const choice = point.choices.find((each) => each.name === name);
    if (!choice) return false;
    const isNumber = typeof choice.value === 'number' && text.trim() !== '' && Number(text) === choice.value;
    return choice.text === text || isNumber;
  });
}

function knownIn(recorded: Recorded): string {
  const folders: string[] = [];
  for (const { task } of recorded.entries()) {
    if (folders.length === TOLD_MAX) return `Among those that were begun are ${folders.join(', ')}.`;
    folders.push(task.folder);
  }
  return folders.length === 0 ? 'None was begun so far.' : `Those that were begun are ${folders.join(', ')}.`;
}
