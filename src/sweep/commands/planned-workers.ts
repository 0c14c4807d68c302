import { cpuCount } from '../../task/resources/cpus.js';
import { GpuDesk } from '../run/gpu-desk.js';
import { type GpuKeeper, LocalKeeper, RemoteKeeper } from '../run/gpu-keeper.js';
import { areFound } from '../run/gpu-options.js';
import { hostsOf, isHereAtWork } from '../run/hosts-of.js';
import { textOfHost } from '../run/sites.js';
import type { HostOptions, WorkersOptions } from '../run/spec.js';
import { serverOverSsh } from '../run/ssh-host.js';

/** A worker that there will be. */
export interface PlannedWorker {
  readonly name: string;
  /** `here`, or the address of a server. */
  readonly host: string;
  readonly kind: 'thread' | 'process' | 'inline' | 'remote';
  readonly gpus: readonly string[];
}

export interface PlannedWorkers {
  readonly workers: readonly PlannedWorker[];
  /** Their number is settled after the first task, by the memory it takes; these are as many as there can be. */
  readonly isAtMost: boolean;
  /** Hosts that were asked for their GPUs and cannot be had now. */
  readonly unreachable: readonly { readonly host: string; readonly why: string }[];
}

type Unnamed = Omit<PlannedWorker, 'name'>;
/** For each worker the ids of its GPUs. */
type Slots = readonly (readonly string[])[];

/** Who would work, and with which GPUs; none is taken. Throws where what is asked for of this machine is not there. */
export async function plannedWorkers(workers: WorkersOptions = {}): Promise<PlannedWorkers> {
  const { count, kind = 'process' } = workers;
  const isHere = isHereAtWork(workers);
  const slots = isHere ? await slotsFor(workers, new LocalKeeper()) : undefined;
  const isAtMost = count === 'auto' && slots === undefined;
  const spare = Math.max(1, cpuCount() - 1);
  const local = typeof count === 'number' ? count : (slots?.length ?? (isHere ? spare : 0));
  const here = Array.from({ length: local }, (_, i): Unnamed => ({ host: 'here', kind, gpus: slots?.[i] ?? [] }));
  const remote = await Promise.all(hostsOf(workers).map(remoteOf));
  const all = [...here, ...remote.flatMap(({ workers: there }) => there)];
  return {
    workers: all.map((each, i) => ({ name: `worker-${i + 1}`, ...each })),
    isAtMost,
    unreachable: remote.flatMap(({ host, why }) => (why === undefined ? [] : [{ host, why }])),
  };
}

interface Remote {
  readonly host: string;
  readonly workers: readonly Unnamed[];
  readonly why?: string;
}

async function remoteOf(options: HostOptions): Promise<Remote> {
  const host = textOfHost(options);
  try {
    const slots = areFound(options.gpus) ? await slotsThere(options) : undefined;
    const count = options.count ?? slots?.length ?? 1;
    return {
      host,
      workers: Array.from({ length: count }, (_, i) => ({ host, kind: 'remote', gpus: slots?.[i] ?? [] })),
    };
  } catch (error) {
    return { host, workers: [], why: error instanceof Error ? error.message : String(error) };
  }
}

async function slotsThere(options: HostOptions): Promise<Slots | undefined> {
  const server = await serverOverSsh(options);
  try {
    return await slotsFor(options, new RemoteKeeper(server ? { ...options, host: server } : options));
  } finally {
    await server?.terminate();
  }
}

/** The ids of the GPUs that each worker of a machine gets; `undefined` where none is asked for. */
async function slotsFor(
  { gpus, count }: Pick<WorkersOptions, 'gpus' | 'count'>,
  keeper: GpuKeeper,
): Promise<Slots | undefined> {
  try {
    const desk = await GpuDesk.open({ name: '', gpus, count, keeper: lookingOnly(keeper), onWait() {} });
    return desk.slots?.map(({ parts }) => parts.map(({ gpu }) => gpu.id));
  } finally {
    await keeper.close();
  }
}

/** Finds GPUs, and makes nothing ready for taking them. */
function lookingOnly(keeper: GpuKeeper): GpuKeeper {
  return {
    find: (devices) => keeper.find(devices),
    open: async () => {},
    take: () => Promise.reject(new Error('A plan takes no GPU.')),
    close: () => keeper.close(),
  };
}
