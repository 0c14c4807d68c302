import { readFileSync } from 'node:fs';
import { UsageError } from '../command-line.js';
import { commands } from './commands.js';
import { adviceFor, exitCodeOf, exitCodes, exitCodesText } from './exit-code.js';
import { parsed } from './parser.js';
import { Terminal } from './terminal.js';
import { againWith, LoaderNeeded } from './with-loader.js';

const more = `
A flag goes before a variable of the environment (PYW_…), that before the sweep file.
pyw-sweep COMMAND --help tells all of a command.

${exitCodesText}`;

/** Does what a command line asks for; resolves with the exit code. Rejects never. */
export async function main(words: readonly string[]): Promise<number> {
  const terminal = new Terminal();
  try {
    const asked = parsed(words, commands, { version: ownVersion(), more });
    if ('command' in asked) return await asked.command.run(asked.given, terminal, commands);
    if (!asked.isMistake) terminal.print(asked.text.trimEnd());
    else terminal.tell(asked.text.trimEnd());
    return asked.isMistake ? exitCodes.usage : exitCodes.done;
  } catch (error) {
    if (error instanceof LoaderNeeded) return await againWith(error);
    const exitCode = exitCodeOf(error);
    tellError(error, { terminal, exitCode, isJson: isJsonAsked(words), command: words[0] });
    return exitCode;
  } finally {
    await terminal.flushed();
  }
}

/** Also where the command line cannot be understood otherwise. */
function isJsonAsked(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
}

interface Circumstances {
  readonly terminal: Terminal;
  readonly exitCode: number;
  readonly isJson: boolean;
  readonly command: string | undefined;
}

function tellError(error: unknown, { terminal, exitCode, isJson, command }: Circumstances): void {
  const message = error instanceof Error ? error.message : String(error);
  const { code = 'ERR' } = error as { readonly code?: string };
  const told = { code: error instanceof UsageError ? 'ERR_USAGE' : code, message, exitCode };
  if (isJson) terminal.print(JSON.stringify({ error: told })); // on one line: it may come behind others
  const { red } = terminal.errorColors;
  terminal.tell(`${red('pyw-sweep:')} ${message}`);
  const advice = adviceFor(error);
  if (advice) terminal.tell(advice);
  if (process.env.PYW_DEBUG && error instanceof Error) terminal.tell(error.stack ?? '');
  if (error instanceof UsageError && !message.includes('\n')) {
    const name = commands.find((each) => each.name === command)?.name;
    terminal.tell(`Try pyw-sweep ${name ? `${name} ` : ''}--help.`);
  }
}

function ownVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return String(JSON.parse(readFileSync(file, 'utf8')).version);
}
