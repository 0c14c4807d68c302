import type { Command } from '../command.js';
import { spellings } from './spellings.js';

/** What is none of our words is left to bash itself, which knows files best; behind `--` everything is. */
export function bashScript(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# pyw-sweep completion bash > ~/.local/share/bash-completion/completions/pyw-sweep
# or, in ~/.bashrc: source <(pyw-sweep completion bash)
_pyw_sweep() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ "$word" = -- ]; then return; fi
  done
  if [ "$current" = = ]; then current=""; fi
  if [ "$previous" = = ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${names} help --help --version"
  else
    case "\${COMP_WORDS[1]} $previous" in
${valueCases(commands).join('\n')}
      "help help") words="${names}" ;;
      *) case "\${COMP_WORDS[1]} $current" in
${commands.map(flagCase).join('\n')}
      esac ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _pyw_sweep pyw-sweep
`;
}

/** Of flags and arguments that take one of a few words. */
function valueCases(commands: readonly Command[]): string[] {
  return commands.flatMap(({ name, flags, words }) => [
    ...flags
      .filter(({ choices }) => choices)
      .map((flag) => {
        const behind = spellings(flag).map((spelling) => `"${name} ${spelling}"`);
        return `      ${behind.join('|')}) words="${flag.choices?.join(' ')}" ;;`;
      }),
    ...(words ? [`      "${name} ${name}") words="${words.join(' ')}" ;;`] : []),
  ]);
}

function flagCase({ name, flags }: Command): string {
  return `        "${name} -"*) words="${flags.flatMap(spellings).join(' ')} --help" ;;`;
}
