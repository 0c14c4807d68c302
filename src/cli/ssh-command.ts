import { parseArgs } from 'node:util';
import { tokenFrom } from '../link/token.js';
import type { HostKeyPolicy } from '../ssh/options.js';
import { SshServers, writeReadyFile } from '../ssh/ssh-servers.js';
import { msOf, UsageError } from './command-line.js';

const usage = `pyw-server ssh HOST... starts servers over ssh, until SIGTERM or SIGINT; the second signal stops at once

  HOST                  [user@]host[:port], or its name in the ssh configuration
  --ready-file FILE     is written when all are there, as JSON: {"event":"ready","servers":[{"name","host","port"}],"errors":[]};
                        the same line goes to standard output; gone when they are
  --keep-going          makes do with those that could be started ("partly ready")
  --cwd DIR             the folder over there, in which modules are found
  --node NODE           interpreter to try, again for more of them
  --command COMMAND     starts a pyw-server in its own way
  --host-key POLICY     strict, accept-new, or SHA256:...
  --identity FILE       key file
  --ssh-config FILE     another one than ~/.ssh/config
  --token-file FILE     file with the token for all of them (this user's own; or PYW_TOKEN in the environment)
  --heartbeat SEC       after so long a silence the other side counts as gone (60)
  --connect-timeout SEC how long each step may take (20)
  -v, --verbose         shows what is printed over there
`;

const options = {
  'ready-file': { type: 'string' },
  'keep-going': { type: 'boolean' },
  cwd: { type: 'string' },
  node: { type: 'string', multiple: true },
  command: { type: 'string' },
  'host-key': { type: 'string' },
  identity: { type: 'string' },
  'ssh-config': { type: 'string' },
  'token-file': { type: 'string' },
  heartbeat: { type: 'string' },
  'connect-timeout': { type: 'string' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Starts them, says so, and stays until it is told to end or the last of them is gone. */
export async function serveOverSsh(args: string[]): Promise<void> {
  const { values, positionals: hosts } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  if (hosts.length === 0) throw new UsageError('ssh needs the names of hosts');
  if (new Set(hosts).size < hosts.length) throw new UsageError('a host is named twice');
  const servers = await SshServers.start(hosts, {
    heartbeatMs: msOf(values.heartbeat, '--heartbeat'),
    connectTimeoutMs: msOf(values['connect-timeout'], '--connect-timeout'),
    token: tokenFrom({ tokenFile: values['token-file'] }),
    keepsGoing: values['keep-going'] ?? false,
    cwd: values.cwd,
    node: values.node,
    command: values.command,
    hostKey: values['host-key'] as HostKeyPolicy | undefined,
    identityFile: values.identity,
    config: values['ssh-config'],
    onOutput: (host, text) => void (values.verbose && process.stderr.write(`${host}: ${text}`)),
  });
  const { report } = servers;
  const removeReadyFile = values['ready-file'] ? writeReadyFile(values['ready-file'], report) : () => {};
  for (const { message } of report.errors) process.stderr.write(`pyw-server: ${message}\n`);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  if (report.event === 'failed') {
    process.exitCode = 1;
    return;
  }
  let isAsked = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isAsked) process.exit(1);
      isAsked = true;
      void servers.terminate();
    });
  }
  const busy = setInterval(() => {}, 2 ** 30); // the servers themselves do not keep this process
  await servers.ended((name, why) => {
    if (!isAsked) process.stderr.write(`pyw-server: ${name} is gone: ${why}\n`);
  });
  clearInterval(busy);
  removeReadyFile();
  process.exit(isAsked ? 0 : 1);
}
