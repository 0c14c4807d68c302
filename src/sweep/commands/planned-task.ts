import { resolve } from 'node:path';
import { timeStamp } from '../../task/command/command-log.js';
import { fillTemplate, parseTemplate } from '../../task/command/template.js';
import type { Params } from '../../task/value.js';
import type { Task } from '../point.js';
import { commandsOf } from '../run/commands-of.js';
import type { Resolved } from '../run/resolved.js';

/** A task as a dry run shows it. */
export interface PlannedTask {
  readonly index: number;
  readonly id: string;
  readonly folder: string;
  readonly params: Params;
  /** The lines of the commands it is to have, as a shell would get them. None for a function. */
  readonly commands: readonly { readonly name: string; readonly line: string }[];
}

/** Makes tasks of a specification into what a dry run shows of them. */
export function taskTeller(spec: Resolved): (task: Task) => PlannedTask {
  const commands = spec.commands === undefined ? [] : commandsOf(spec);
  const templates = commands.map(({ name, template }) => ({ name, template: parseTemplate(template) }));
  const time = timeStamp(new Date());
  return ({ index, folder, point, only: ofSpace }) => {
    const { id, params, texts } = point;
    const output = resolve(spec.output, folder);
    const reserved = { _id: id, _name: folder.replaceAll('/', '-'), _output: output, _time: time };
    const wanted = templates.filter(({ name }) => spec.only !== undefined || (ofSpace?.includes(name) ?? true));
    const lines = wanted.map(({ name, template }) => {
      return { name, line: fillTemplate(template, { params, texts, reserved }) };
    });
    return { index, id, folder, params, commands: lines };
  };
}
