import { UsageError } from '../command-line.js';
import type { Command, Flag } from './command.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import type { Terminal } from './terminal.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints a script that makes a shell complete commands and flags. */
export async function completion(given: Given, terminal: Terminal, all: readonly Command[]): Promise<number> {
  const [shell] = given.args;
  const script = Object.entries(scripts).find(([name]) => name === shell)?.[1];
  if (!script) throw new UsageError(`completion is there for bash, zsh and fish, not for "${shell}"`);
  terminal.printBytes(script(all));
  return exitCodes.done;
}

function bashScript(commands: readonly Command[]): string {
  const cases = commands.map(
    ({ name, flags }) => `    ${name}) words="${flags.flatMap(spellings).join(' ')} --help" ;;`,
  );
  return `# pyw-sweep completion bash > ~/.local/share/bash-completion/completions/pyw-sweep
_pyw_sweep() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _pyw_sweep pyw-sweep
`;
}

function zshScript(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`);
  const cases = commands.map(({ name, flags }) => {
    const options = flags.flatMap((flag) => spellings(flag).map((word) => quoted(`${word}[${brackets(flag.about)}]`)));
    return `    ${name}) _arguments -S ${options.join(' ')} '*:file:_files' ;;`;
  });
  return `#compdef pyw-sweep
# pyw-sweep completion zsh > "\${fpath[1]}/_pyw-sweep"
_pyw_sweep() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_pyw_sweep" ]; then _pyw_sweep; else compdef _pyw_sweep pyw-sweep; fi
`;
}

function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, flags }) => [
    `complete -c pyw-sweep -n __fish_use_subcommand -a ${name} -d ${fishQuoted(summary)}`,
    ...flags.map((flag) => {
      const words = spellings(flag).map((word) =>
        word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`,
      );
      const takes = /[<[]/.test(flag.flags) ? ' -r' : '';
      return `complete -c pyw-sweep -n '__fish_seen_subcommand_from ${name}' ${words.join(' ')}${takes} -d ${fishQuoted(flag.about)}`;
    }),
  ]);
  return `# pyw-sweep completion fish > ~/.config/fish/completions/pyw-sweep.fish\n${lines.join('\n')}\n`;
}

/** `-o` and `--output`. */
function spellings({ flags }: Flag): string[] {
  return flags.match(/(?<=^|\s)--?[\w-]+/g) ?? [];
}

function brackets(text: string): string {
  return text.replaceAll(/[[\]:]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
