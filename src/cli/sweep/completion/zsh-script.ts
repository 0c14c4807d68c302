import type { Command, Flag } from '../command.js';
import { spellings, takesValue } from './spellings.js';

export function zshScript(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`);
  return `#compdef pyw-sweep
# pyw-sweep completion zsh > "\${fpath[1]}/_pyw-sweep"
# or, in ~/.zshrc, behind compinit: source <(pyw-sweep completion zsh)
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
${commands.map(caseOf).join('\n')}
    help) _describe command commands ;;
  esac
}
if [ "$funcstack[1]" = "_pyw_sweep" ]; then _pyw_sweep; else compdef _pyw_sweep pyw-sweep; fi
`;
}

function caseOf({ name, flags, words }: Command): string {
  const rest = words ? `1:word:(${words.join(' ')})` : '*:file:_files';
  const specs = [...flags.flatMap(specsOf), '--help[tells all of it]', rest];
  return `    ${name}) _arguments -S ${specs.map(quoted).join(' ')} ;;`;
}

/** One for each spelling; each may be given again. */
function specsOf(flag: Flag): string[] {
  const about = `[${flag.about.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  const value = takesValue(flag);
  const action = flag.choices ? `(${flag.choices.join(' ')})` : /file|folder/.test(flag.flags) ? '_files' : ' ';
  return spellings(flag).map((spelling) => {
    if (value === undefined) return `*${spelling}${about}`;
    const joined = spelling.startsWith('--') ? '=' : '';
    return `*${spelling}${joined}${about}${value === 'may' ? '::' : ':'}value:${action}`;
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
