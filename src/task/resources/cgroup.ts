import { existsSync } from 'node:fs';
import { readText } from './read-text.js';

export interface CgroupFolder {
  readonly path: string;
  readonly version: 1 | 2;
}

/**
 * The folders that limit this process, its own first and then those above it. In a container the path of the host may
 * not be there; then those above are. `root`: where `/proc` and `/sys` lie.
 */
export function cgroupFolders(controller: 'memory' | 'cpu', root = ''): CgroupFolder[] {
  const lines = (readText(`${root}/proc/self/cgroup`) ?? '').trim().split('\n');
  const folders = lines.flatMap((line) => {
    const [, number = '', controllers = '', path = ''] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (number === '0' && controllers === '') return upwards(`${root}/sys/fs/cgroup`, path, 2);
    if (!controllers.split(',').includes(controller)) return [];
    return upwards(`${root}/sys/fs/cgroup/${controller}`, path, 1);
  });
  return folders.filter(({ path }) => existsSync(path));
}

function upwards(mount: string, path: string, version: 1 | 2): CgroupFolder[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return parts
    .map((_, i) => `/${parts.slice(0, parts.length - i).join('/')}`)
    .concat('')
    .map((sub) => ({
      path: mount + sub,
      version,
    }));
}
