#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { DEFAULT_PORT } from '../link/address.js';
import { HEARTBEAT_MS } from '../link/hello.js';
import { makeTokenFile, readToken, userTokenFile } from '../link/token.js';
import { Lifeline } from '../server/lifeline.js';
import { WorkerServer } from '../server/worker-server.js';
import { msOf, numberOf, UsageError } from './command-line.js';
import { logTo } from './log-lines.js';
import { serveOverSsh } from './ssh-command.js';

const usage = `pyw-server: lets callers who have the token run pyworkers on this machine

  pyw-server [options]         listens until SIGTERM or SIGINT; the second signal stops at once
  pyw-server token             prints this user's token, making it if there is none
  pyw-server token --rotate    makes a new one; servers that run keep the old one until they are started again
  pyw-server ssh HOST...       starts servers on other machines; pyw-server ssh --help says more

  --host ADDRESS        address to listen on (127.0.0.1: this machine only)
  --port PORT           port to listen on (${DEFAULT_PORT}); 0 takes any free one
  --dial HOST:PORT      does not listen, but dials the WorkerListener there and works for it
  --root DIR            where the modules of targets are looked up (the working directory)
  --token-file FILE     file with the token (this user's own; or PYW_TOKEN in the environment); - reads it from standard input
  --max-workers N       no more workers than this at once
  --idle-timeout SEC    ends after so long without a connection
  --heartbeat SEC       after so long a silence a caller counts as gone (60)
  --exit-with-stdin     ends when its standard input does; or falls silent for the heartbeat time, once a line has come
  --json                logs one JSON object a line
  -v, --verbose         logs every worker, not only what goes wrong
  -h, --help            prints this

The first line on standard output says where it listens, as JSON: {"event":"listening","host":"127.0.0.1","port":${DEFAULT_PORT}}
`;

const options = {
  host: { type: 'string' },
  port: { type: 'string' },
  dial: { type: 'string' },
  root: { type: 'string' },
  'token-file': { type: 'string' },
  'max-workers': { type: 'string' },
  'idle-timeout': { type: 'string' },
  heartbeat: { type: 'string' },
  'exit-with-stdin': { type: 'boolean' },
  rotate: { type: 'boolean' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parsed>['values'];

function parsed() {
  return parseArgs({ options, allowPositionals: true });
}

try {
  const [command, ...args] = process.argv.slice(2);
  if (command === 'ssh') await serveOverSsh(args);
  else await serveOrPrint();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const isUsage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`pyw-server: ${message}${isUsage ? '\nTry pyw-server --help.' : ''}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

async function serveOrPrint(): Promise<void> {
  const { values, positionals } = parsed();
  if (values.help) process.stdout.write(usage);
  else if (positionals.length === 0) await serve(values);
  else if (positionals.join(' ') === 'token') printToken(values);
  else throw new UsageError(`there is no command "${positionals.join(' ')}"`);
}

async function serve(values: Values): Promise<void> {
  const log = logTo(process.stderr, { isJson: values.json ?? false, isVerbose: values.verbose ?? false });
  const heartbeatMs = msOf(values.heartbeat, '--heartbeat');
  const bringsToken = values['token-file'] === '-';
  const lifeline =
    bringsToken || values['exit-with-stdin']
      ? new Lifeline(process.stdin, { silenceMs: heartbeatMs ?? HEARTBEAT_MS, bringsToken })
      : undefined;
  const server = await WorkerServer.open({
    log,
    ...(values.host !== undefined && { host: values.host }),
    ...(values.port !== undefined && { port: numberOf(values.port, '--port') }),
    ...(values.dial !== undefined && { dial: values.dial }),
    ...(values.root !== undefined && { root: values.root }),
    ...(bringsToken ? { token: await lifeline?.token } : { tokenFile: values['token-file'] }),
    ...(values['max-workers'] !== undefined && { maxWorkers: numberOf(values['max-workers'], '--max-workers') }),
    ...(values['idle-timeout'] !== undefined && {
      idleTimeoutMs: 1000 * numberOf(values['idle-timeout'], '--idle-timeout'),
    }),
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // nobody reads any more
  endOnSignals(server);
  if (values['exit-with-stdin']) void lifeline?.gone.then(() => server.terminate());
  const where = values.dial
    ? { event: 'dialling', to: values.dial }
    : { event: 'listening', host: server.host, port: server.port };
  process.stdout.write(`${JSON.stringify(where)}\n`);
  await server.ended;
  process.exit(0); // a standard input that is still open would keep it
}

/** The first signal is polite, the second one is not. */
function endOnSignals(server: WorkerServer): void {
  let isAsked = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      void server.terminate(isAsked ? { graceMs: 0 } : {});
      isAsked = true;
    });
  }
}

function printToken({ rotate, 'token-file': given }: Values): void {
  const file = given ?? userTokenFile();
  if (rotate) makeTokenFile(file, { isReplaced: true });
  process.stdout.write(`${readToken(file)}\n`);
}
