import type { Command, Flag } from '../command.js';
import { spellings, takesValue } from './spellings.js';

export function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, flags, words }) => [
    `complete -c pyw-sweep -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...(words ? [`complete -c pyw-sweep ${within(name)} -x -a ${quoted(words.join(' '))}`] : []),
    ...flags.map((flag) => `complete -c pyw-sweep ${within(name)} ${specOf(flag)} -d ${quoted(flag.about)}`),
  ]);
  return `# pyw-sweep completion fish > ~/.config/fish/completions/pyw-sweep.fish\n${lines.join('\n')}\n`;
}

function within(command: string): string {
  return `-n '__fish_seen_subcommand_from ${command}'`;
}

function specOf(flag: Flag): string {
  const words = spellings(flag).map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`));
  if (flag.choices) return `${words.join(' ')} -x -a ${quoted(flag.choices.join(' '))}`;
  return `${words.join(' ')}${takesValue(flag) === 'must' ? ' -r' : ''}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
