import { type Finding, findings } from '../../sweep/commands/doctor.js';
import { findSweepFile } from '../../sweep/config/find-sweep-file.js';
import { isOverSsh } from '../../sweep/run/ssh-host.js';
import type { Sweep } from '../../sweep/sweep.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import { outputFolder } from './output-folder.js';
import { sweepOf } from './specification.js';
import type { Terminal } from './terminal.js';

const marks = { works: 'ok', none: '--', wrong: 'NO' } as const;

/** Tries what a sweep needs, and says what works and what to do. */
export async function doctor(given: Given, terminal: Terminal): Promise<number> {
  const hasFile = given.args.length > 0 || findSweepFile(process.cwd()) !== undefined;
  const checkFile = async (): Promise<string | undefined> => (hasFile ? fileText(await sweepOf(given)) : undefined);
  const found: Finding[] = [];
  const { green, red, dim } = terminal.colors;
  const paint = { works: green, none: dim, wrong: red };
  const hosts = [...given.list('hosts'), ...(hasFile ? await hostsOf(given) : [])];
  const all = findings({
    servers: hosts.filter((host) => !isOverSsh(host)),
    sshHosts: [...given.list('ssh'), ...hosts.filter(isOverSsh)],
    output: given.text('output') ?? (await outputFolder(undefined, given, terminal)),
    checkFile,
  });
  for await (const finding of all) {
    found.push(finding);
    const { what, state, says } = finding;
    if (!given.has('json')) terminal.print(`${paint[state](marks[state])} ${what}: ${says}`);
  }
  const isWell = found.every(({ state }) => state !== 'wrong');
  const exitCode = isWell ? exitCodes.done : exitCodes.missing;
  if (given.has('json')) terminal.printJson({ isWell, findings: found, exitCode });
  return exitCode;
}

function fileText({ plan, spec }: Sweep): string {
  const tasks = plan ? `${plan.size} ${plan.size === 1 ? 'task' : 'tasks'}` : 'a search';
  return `can be read: ${tasks}, into ${spec.output}`;
}

/** A file that cannot be read is told of among the findings. */
async function hostsOf(given: Given): Promise<string[]> {
  const { workers } = await sweepOf(given).then(
    ({ spec }) => spec,
    () => ({ workers: undefined }),
  );
  return (workers?.hosts ?? []).flatMap((host) => {
    if (typeof host === 'string') return [host];
    return typeof host.host === 'string' ? [host.host] : [];
  });
}
