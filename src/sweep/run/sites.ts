import type { TmpSshServer } from '../../ssh/tmp-ssh-server.js';
import { GpuDesk } from './gpu-desk.js';
import { LocalKeeper, RemoteKeeper } from './gpu-keeper.js';
import { areFound } from './gpu-options.js';
import { hostsOf, isHereAtWork } from './hosts-of.js';
import type { HostOptions, WorkersOptions } from './spec.js';
import { serverOverSsh } from './ssh-host.js';

/** Another machine, and its GPUs. */
export interface HostSite {
  readonly options: HostOptions;
  readonly gpus: GpuDesk;
  readonly count: number;
}

/** The machines of a sweep. */
export interface Sites {
  readonly local: GpuDesk;
  readonly hosts: readonly HostSite[];
  close(): Promise<void>;
}

export interface SitesOptions {
  readonly workers: WorkersOptions;
  /** What others who wait for the same GPUs are told. */
  readonly name: string;
  onWait(worker: string, reason: string): void;
  /** A machine that cannot be had; the sweep goes on without it, if there is another one. */
  onMissing(host: string, error: unknown): void;
}

/** Looks on all machines which GPUs there are. Rejects when this one has not what is asked for, or when no other one can be reached. */
export async function openSites({ workers, name, onWait, onMissing }: SitesOptions): Promise<Sites> {
  const { count } = workers;
  const gpus = isHereAtWork(workers) || workers.gpus === 'inherit' ? workers.gpus : undefined;
  const hosts = hostsOf(workers);
  const desks: GpuDesk[] = [];
  const servers: TmpSshServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(desks.map((desk) => desk.close()));
    await Promise.all(servers.map((server) => server.terminate()));
  };
  const open = async (options: Omit<Parameters<typeof GpuDesk.open>[0], 'name' | 'onWait'>): Promise<GpuDesk> => {
    const desk = await GpuDesk.open({ ...options, name, onWait });
    desks.push(desk);
    return desk;
  };
  const reached = async (options: HostOptions): Promise<HostOptions> => {
    const server = await serverOverSsh(options);
    if (!server) return options;
    servers.push(server);
    return { ...options, host: server };
  };
  try {
    const local = await open({ gpus, count, keeper: new LocalKeeper() });
    const opened = await Promise.allSettled(hosts.map(async (host) => hostSite(await reached(host), open)));
    const missing = opened.filter((each) => each.status === 'rejected');
    if (missing.length > 0 && missing.length === hosts.length && !count) throw missing[0]?.reason;
    for (const [i, host] of hosts.entries()) {
      const each = opened[i];
      if (each?.status === 'rejected') onMissing(textOfHost(host), each.reason);
    }
    return { local, hosts: opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function hostSite(
  options: HostOptions,
  open: (options: Omit<Parameters<typeof GpuDesk.open>[0], 'name' | 'onWait'>) => Promise<GpuDesk>,
): Promise<HostSite> {
  const { gpus, count } = options;
  const desk = await open({ gpus, count, keeper: areFound(gpus) ? new RemoteKeeper(options) : new LocalKeeper() });
  return { options, gpus: desk, count: count ?? desk.slots?.length ?? 1 };
}

/** As it is spoken of. */
export function textOfHost({ host }: HostOptions): string {
  if (typeof host === 'string') return host;
  if (Array.isArray(host)) return host.join(':');
  const { name } = host as { readonly name?: unknown };
  return typeof name === 'string' ? name : 'another host';
}
