import type { TmpSshServer } from '../../ssh/tmp-ssh-server.js';
import type { HostOptions } from './spec.js';

/** A machine on which a server is started over ssh. */
export interface SshHost {
  /** `[user@]host[:port]`, or its name in the ssh configuration. */
  readonly destination: string;
  /** The folder that the server is started in. */
  readonly cwd?: string;
}

const SCHEME = 'ssh://';

export function isOverSsh(host: unknown): host is string {
  return typeof host === 'string' && host.startsWith(SCHEME);
}

/** What `ssh://[user@]host[:port][/folder]` names; a folder `/~/project` lies in the home there. `undefined` where it names nothing. */
export function sshHostFrom(address: string): SshHost | undefined {
  const [, destination, folder = '/'] = /^([^\s/]+)(\/.*)?$/.exec(address.slice(SCHEME.length)) ?? [];
  if (destination === undefined) return undefined;
  return folder === '/' ? { destination } : { destination, cwd: folder.replace(/^\/(?=~\/)/, '') };
}

/** Starts a server where a host is to be reached over ssh. Whoever called this ends it. */
export async function serverOverSsh({ host, token, tokenFile }: HostOptions): Promise<TmpSshServer | undefined> {
  const given = isOverSsh(host) ? sshHostFrom(host) : undefined;
  if (!given) return undefined;
  const { tmpSshServer } = await import('../../ssh/tmp-ssh-server.js'); // loaded only where it is wanted
  return tmpSshServer(given.destination, { cwd: given.cwd, token, tokenFile });
}
