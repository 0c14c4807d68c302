import { OptionError } from '../../base/errors.js';
import { checkCommandNames } from '../../task/command/command-names.js';
import { compile } from '../../task/command/scrape-log.js';
import { checkTemplate, orphans, parseTemplate } from '../../task/command/template.js';
import type { Plan } from '../plan/plan.js';
import { commandsOf, declaredCommands } from './commands-of.js';
import type { Resolved } from './resolved.js';

/** Refuses commands that cannot be filled in. Gives the parameters that none of them uses; of a search they are not known. */
export function checkCommands(spec: Resolved, plan: Plan | undefined): readonly string[] {
  if (spec.commands === undefined) return [];
  checkCommandNames(Object.keys(declaredCommands(spec)));
  checkOnly(spec, plan?.commands ?? new Set());
  const { metrics = {} } = spec;
  if (typeof metrics === 'object') for (const [name, pattern] of Object.entries(metrics)) compile(name, pattern);
  const templates = commandsOf(spec).map(({ template }) => parseTemplate(template));
  if (!plan) return [];
  const { names } = plan;
  for (const template of templates) checkTemplate(template, names);
  const unused = new Set(orphans(templates, names));
  const aliases = (spec.spaces ?? [spec]).flatMap((space) => Object.entries(space.aliases ?? {}));
  for (const [alias, cases] of aliases) {
    const isUsed = Object.values(cases).some((sets) => Object.keys(sets).some((name) => !unused.has(name)));
    if (isUsed) unused.delete(alias); // by what it sets
  }
  return [...unused];
}

/** Refuses what spaces name and is no command. */
function checkOnly(spec: Resolved, only: ReadonlySet<string>): void {
  const names = Object.keys(declaredCommands(spec));
  const unknown = [...only].find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(`A space has only: "${unknown}", which is no command. The commands are: ${names.join(', ')}.`);
}
