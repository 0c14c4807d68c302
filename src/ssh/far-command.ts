import type { FarCommand } from './options.js';

const usualInterpreters = [
  'node',
  '~/.local/bin/node',
  '~/.volta/bin/node',
  '~/.local/share/fnm/aliases/default/bin/node',
  '~/.nvm/versions/node/*/bin/node',
  '/usr/local/bin/node',
  '/opt/homebrew/bin/node',
];

const fixedArgs = ['--host', '127.0.0.1', '--port', '0', '--token-file', '-', '--exit-with-stdin', '--json', '-v'];

/** Prints where the command of this package lies, as seen from the folder it runs in. No apostrophes: the shell has those. */
const lookUp = `
const [major, minor] = process.versions.node.split(".").map(Number);
const fail = (why) => { console.error(process.execPath + ": " + why); process.exit(1); };
if (major < 20 || (major === 20 && minor < 19)) fail("Node " + process.versions.node + " is too old, 20.19 is needed");
const { dirname, join } = require("node:path");
try {
  const file = require("node:module").createRequire(join(process.cwd(), "x")).resolve("pyworkers/package.json");
  console.log(join(dirname(file), "dist", "cli", "pyw-server.js"));
} catch { fail("the package pyworkers is not installed for " + process.cwd()); }
`;

/** The command line that starts a server there, on one line: for any shell, which gives it to sh. */
export function farCommand(far: FarCommand, heartbeatMs: number): string {
  const { cwd, node = usualInterpreters, command, serverArgs = [] } = far;
  const args = [...fixedArgs, '--heartbeat', `${heartbeatMs / 1000}`, ...serverArgs].map(quoted).join(' ');
  const start = command === undefined ? withNode(node, args) : `${command} ${args}`;
  return `exec sh -c ${quoted(`${goTo(cwd)}; ${start}`)}`;
}

function goTo(cwd: string | undefined): string {
  if (cwd !== undefined) return `cd ${pattern(cwd)} || exit 1`;
  return `cd ${quoted(process.cwd())} 2>/dev/null || cd`;
}

function withNode(node: string | readonly string[], args: string): string {
  const candidates = typeof node === 'string' ? [node] : node;
  const none = `No Node that can run pyworkers was found in ${candidates.join(', ')}.`;
  return [
    `for node in ${candidates.map(pattern).join(' ')};`,
    'do command -v "$node" >/dev/null 2>&1 || continue;',
    `server=$("$node" -e ${quoted(lookUp.replaceAll('\n', ' '))}) && exec "$node" "$server" ${args};`,
    `done; echo ${quoted(none)} >&2; exit 127`,
  ].join(' ');
}

/** Quoted for sh, but for a leading `~` and for `*`. */
function pattern(path: string): string {
  const [, home, rest = ''] = /^(~\/)?(.*)$/s.exec(path) ?? [];
  const parts = rest.split('*').map((part) => part && quoted(part));
  return `${home ? '"$HOME"/' : ''}${parts.join('*')}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
