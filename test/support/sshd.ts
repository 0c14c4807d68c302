import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { longLived } from './long-lived.js';

const program = ['/usr/sbin/sshd', '/usr/bin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** Whether there is an sshd to test with. */
export const hasSshd = program !== undefined;

/** A real sshd on a loopback port, with keys of its own, that lets this user in; and an ssh configuration that leads there. */
export class Sshd {
  readonly folder: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** All it has logged. */
  log = '';

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
  }

  static async start(lines: readonly string[] = []): Promise<Sshd> {
    const folder = mkdtempSync(join(tmpdir(), 'pyworkers-sshd-'));
    const port = await freePort();
    for (const type of ['ed25519', 'rsa', 'ecdsa']) keyFile(join(folder, `host_${type}`), type);
    keyFile(join(folder, 'id'), 'ed25519');
    writeFileSync(join(folder, 'authorized_keys'), readFileSync(join(folder, 'id.pub')), { mode: 0o600 });
    writeFileSync(
      join(folder, 'sshd_config'),
      [
        ...lines,
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        'UsePAM no',
        'StrictModes no',
        'PidFile none',
        'PermitRootLogin yes',
        'MaxStartups 100',
        `AuthorizedKeysFile ${folder}/authorized_keys`,
        ...['ed25519', 'rsa', 'ecdsa'].map((type) => `HostKey ${folder}/host_${type}`),
      ].join('\n'),
    );
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 }); // it insists
    const child = spawn(program as string, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    longLived.add(child.pid ?? 0);
    const sshd = new Sshd(folder, port, child);
    await eventually(() => sshd.log.includes('Server listening'));
    sshd.configure();
    return sshd;
  }

  /** Writes the configuration of the host `far`, which is this one, and what else is given. */
  configure(lines: readonly string[] = [], more = ''): string {
    const file = join(this.folder, 'config');
    const far = [
      'Host far',
      ...lines,
      'HostName 127.0.0.1',
      `Port ${this.port}`,
      `User ${userInfo().username}`,
      ...(lines.some((line) => line.startsWith('IdentityFile')) ? [] : [`IdentityFile ${this.folder}/id`]),
      `UserKnownHostsFile ${this.knownHosts}`,
      'GlobalKnownHostsFile /dev/null',
      'HashKnownHosts no',
    ];
    writeFileSync(file, `${more}\n${far.join('\n  ')}\n`);
    writeFileSync(this.knownHosts, `[127.0.0.1]:${this.port} ${this.hostKey('ed25519')}\n`);
    return file;
  }

  get config(): string {
    return join(this.folder, 'config');
  }

  get knownHosts(): string {
    return join(this.folder, 'known_hosts');
  }

  get identity(): string {
    return join(this.folder, 'id');
  }

  /** Type and key. */
  hostKey(type: string): string {
    return readFileSync(join(this.folder, `host_${type}.pub`), 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    longLived.delete(this.child.pid ?? 0);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function keyFile(file: string, type = 'ed25519', passphrase = ''): string {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-f', file]);
  return file;
}
