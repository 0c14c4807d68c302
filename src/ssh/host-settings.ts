import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import SshConfig from 'ssh-config';
import { OptionError } from '../base/errors.js';
import type { SshLogin } from './options.js';

const HOPS_MAX = 16;
const SSH_G_MS = 10_000;

/** One host on the way, the last of which is the one that is meant: all that the user's configuration says of it. */
export interface Hop {
  /** As it was asked for. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** The agent's socket, or nothing. */
  readonly agent: string | undefined;
  /** The files with the keys of known hosts; new ones go into the first. */
  readonly knownHosts: readonly string[];
  /** Under which name it is known, if not under its own. */
  readonly alias: string | undefined;
  readonly acceptsNew: boolean;
  readonly hashesNames: boolean;
}

type Settings = ReadonlyMap<string, readonly string[]>;

/** The way to a host, by the user's ssh configuration: the host itself comes last. */
export async function wayTo(destination: string, login: SshLogin, depth = 0): Promise<Hop[]> {
  if (depth > HOPS_MAX) throw new OptionError(`The way to ${destination} has more than ${HOPS_MAX} jumps: a circle?`);
  const asked = split(destination);
  const user = login.user ?? asked.user;
  const port = login.port ?? asked.port;
  const settings = await settingsOf(asked.host, { user, port, config: login.config });
  const jumps = (first(settings, 'proxyjump') ?? 'none').split(',').filter((name) => name !== 'none');
  if (jumps.length === 0 && (first(settings, 'proxycommand') ?? 'none') !== 'none') {
    throw new OptionError(`The ssh configuration of ${destination} has a ProxyCommand: only ProxyJump is supported.`);
  }
  const way: Hop[] = [];
  for (const [i, jump] of jumps.entries()) {
    const hops = await wayTo(jump, { config: login.config }, depth + 1);
    way.push(...(i === 0 ? hops : hops.slice(-1)));
  }
  return [...way, hopOf(destination, settings, { ...login, user, port })];
}

/** What `ssh` itself makes of the configuration; where there is no ssh, what a library makes of it. */
async function settingsOf(host: string, { user, port, config }: SshLogin): Promise<Settings> {
  const options = [
    ...(config ? ['-F', config] : []),
    ...(user ? ['-l', user] : []),
    ...(port ? ['-p', `${port}`] : []),
  ];
  try {
    const { stdout } = await promisify(execFile)('ssh', [...options, '-G', '--', host], { timeout: SSH_G_MS });
    return settingsIn(stdout);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return settingsByLibrary(host, config);
    const { stderr } = cause as { stderr?: string };
    throw new OptionError(`ssh cannot read its configuration for ${host}: ${stderr?.trim() || cause}`);
  }
}

function settingsIn(text: string): Settings {
  const settings = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\S+) (.*)$/.exec(line.trim()) ?? [];
    if (name && value) settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}

async function settingsByLibrary(host: string, config = join(homedir(), '.ssh', 'config')): Promise<Settings> {
  const text = await readFile(config, 'utf8').catch(() => '');
  const computed = SshConfig.parse(text).compute(host, { ignoreCase: true });
  const settings = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(computed)) {
    settings.set(name.toLowerCase(), Array.isArray(value) ? value : [String(value)]);
  }
  return settings;
}

function hopOf(name: string, settings: Settings, login: SshLogin): Hop {
  const agent = login.agent ?? first(settings, 'identityagent') ?? 'SSH_AUTH_SOCK';
  return {
    name,
    host: first(settings, 'hostname') ?? split(name).host,
    port: login.port ?? Number(first(settings, 'port') ?? 22),
    user: login.user ?? first(settings, 'user') ?? userInfo().username,
    identityFiles: [...filesOf(login.identityFile), ...(settings.get('identityfile') ?? usualIdentities).map(atHome)],
    identitiesOnly: first(settings, 'identitiesonly') === 'yes',
    agent: agentOf(agent),
    knownHosts: [
      ...(settings.get('userknownhostsfile') ?? ['~/.ssh/known_hosts']),
      ...(settings.get('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts']),
    ]
      .flatMap((files) => files.split(' '))
      .map(atHome),
    alias: first(settings, 'hostkeyalias'),
    acceptsNew: first(settings, 'stricthostkeychecking') === 'accept-new',
    hashesNames: first(settings, 'hashknownhosts') === 'yes',
  };
}

const usualIdentities = ['~/.ssh/id_ed25519', '~/.ssh/id_ecdsa', '~/.ssh/id_rsa'];

function first(settings: Settings, name: string): string | undefined {
  return settings.get(name)?.[0];
}

function filesOf(given: SshLogin['identityFile'] = []): string[] {
  return (typeof given === 'string' ? [given] : [...given]).map(atHome);
}

function atHome(file: string): string {
  return file.replace(/^"(.*)"$/, '$1').replace(/^~(?=\/|$)|^%d(?=\/)/, homedir());
}

/** `none`, a socket, or the name of the variable that names it. */
function agentOf(given: string | false): string | undefined {
  if (given === false || given === 'none') return undefined;
  if (given === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined;
  return atHome(given.startsWith('$') ? (process.env[given.slice(1)] ?? '') : given) || undefined;
}

/** `[user@]host[:port]`, `ssh://` before it or not, IPv6 in brackets. What looks like an option of ssh is refused. */
function split(destination: string): { user: string | undefined; host: string; port: number | undefined } {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:([^@/\s]+)@)?(?:\[([\w:.%]+)\]|([\w.][\w.-]*))(?::(\d+))?\/?$/.exec(destination) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || user?.startsWith('-')) {
    throw new OptionError(
      `${JSON.stringify(destination)} is no ssh destination: write '[user@]host[:port]', or its name in the ssh configuration.`,
    );
  }
  return { user, host, port: port === undefined ? undefined : Number(port) };
}
