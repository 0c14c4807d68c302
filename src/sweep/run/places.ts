import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { relativeToRoot } from '../../target/root.js';
import type { Preparation } from '../../task/order.js';
import { cpuCount } from '../../task/resources/cpus.js';
import { threadEnv } from '../../task/resources/thread-env.js';
import type { PersistentWorkerOptions } from '../../worker/options.js';
import { cpuSlot } from '../gpu/slot.js';
import type { Locate } from './assignments.js';
import { areFound } from './gpu-options.js';
import { isHereAtWork } from './hosts-of.js';
import type { Place } from './place.js';
import type { Resolved } from './resolved.js';
import { type HostSite, type Sites, textOfHost } from './sites.js';
import { Supervision } from './supervision.js';

export interface PlacesOptions {
  readonly spec: Resolved;
  /** The output folder, absolute. */
  readonly output: string;
  readonly sites: Sites;
  /** What a worker is to do, seen from the machine it is on. */
  prepare(gpus: readonly string[], locate: Locate): Preparation;
}

/** Makes the places where workers work: on this machine, one after the other as they are asked for, and on others. */
export class Places {
  readonly #options: PlacesOptions;
  readonly #logs: string;
  #made = 0;
  /** Which places of this machine are taken. */
  readonly #taken = new Set<number>();

  constructor(options: PlacesOptions) {
    this.#options = options;
    this.#logs = join(options.output, '.pyw', 'workers');
    mkdirSync(this.#logs, { recursive: true });
  }

  /** How many on this machine, if it does not follow from the first task. */
  get count(): number | 'auto' {
    const { workers = {} } = this.#options.spec;
    const { slots } = this.#options.sites.local;
    if (workers.count === 'auto') return slots ? slots.length : 'auto';
    if (workers.count !== undefined) return workers.count;
    if (slots) return slots.length;
    if (!isHereAtWork(workers)) return 0;
    return Math.max(1, cpuCount() - 1);
  }

  /** One more on this machine than was planned. */
  another(): Place {
    const { slots } = this.#options.sites.local;
    if (slots && this.#taken.size >= slots.length) {
      throw new Error(`No further worker can be had: each of the ${slots.length} slots on GPUs has one.`);
    }
    if (!slots && areFound(this.#options.spec.workers?.gpus)) {
      throw new Error('No further worker can be had: workers get GPUs, and this machine gives none to this sweep.');
    }
    return this.local();
  }

  /** On this machine. */
  local(): Place {
    const { spec, sites } = this.#options;
    const gpus = sites.local;
    const { kind = 'process', env, cwd, cpus, memoryMb } = spec.workers ?? {};
    const name = this.#nextName();
    const place = this.#firstFree();
    this.#taken.add(place);
    const slot = gpus.slots?.[place] ?? cpuSlot;
    const supervision = new Supervision({ cpus, memoryMb, isMeasured: this.count === 'auto', place });
    const changes = { ...supervision.env, ...gpus.envWithout, ...env };
    const folder = cwd !== undefined && { cwd };
    const options = { ...this.#common(name), env: changes, ...(kind === 'process' && folder) };
    return {
      ...this.#shared(name, kind === 'inline' ? inlineOptions(options) : options),
      kind,
      host: hostname(),
      gpus: gpus.tokensOf(slot),
      output: 'same',
      locate: (ref) => ref,
      preparation: this.#options.prepare(gpus.tokensOf(slot), (ref) => ref),
      ...(kind !== 'process' && { commandsIn: { ...folder, ...(kind === 'inline' && { env: changes }) } }),
      ...gpus.holderOf(slot, name),
      supervision,
      slot,
      vacate: () => this.#taken.delete(place),
    };
  }

  get remoteCount(): number {
    return this.#options.sites.hosts.reduce((sum, { count }) => sum + count, 0);
  }

  /** On other machines: all of them. */
  remote(): Place[] {
    return this.#options.sites.hosts.flatMap((site) =>
      Array.from({ length: site.count }, (_, place) => this.#remotePlace(site, place)),
    );
  }

  #firstFree(): number {
    let place = 0;
    while (this.#taken.has(place)) place += 1;
    return place;
  }

  #remotePlace({ options: host, gpus }: HostSite, place: number): Place {
    const { env, cpus } = this.#options.spec.workers ?? {};
    const name = this.#nextName();
    const { root, token, tokenFile, cwd } = host;
    const slot = gpus.slots?.[place] ?? cpuSlot;
    const locate: Locate = (ref) => relativeToRoot(ref, root);
    const options: PersistentWorkerOptions = {
      ...this.#common(name),
      env: { ...(cpus !== undefined && threadEnv(cpus, {})), ...gpus.envWithout, ...env, ...host.env },
      host: host.host,
      ...(cwd !== undefined && { cwd }),
      ...(root !== undefined && { root }),
      ...(token !== undefined && { token }),
      ...(tokenFile !== undefined && { tokenFile }),
    };
    return {
      ...this.#shared(name, options),
      kind: 'remote',
      host: textOfHost(host),
      gpus: gpus.tokensOf(slot),
      output: host.output === undefined ? 'scratch' : { path: host.output },
      locate,
      preparation: {
        ...this.#options.prepare(gpus.tokensOf(slot), locate),
        ...(cpus !== undefined && { cpus: { each: cpus, place } }),
      },
      ...gpus.holderOf(slot, name),
    };
  }

  #shared(name: string, options: PersistentWorkerOptions): Pick<Place, 'name' | 'options' | 'tasksMax'> {
    return { name, options, tasksMax: this.#options.spec.workers?.tasksMax ?? Number.POSITIVE_INFINITY };
  }

  /** What may have to be cut off while it blocks pays for that with each task; what is only ever ended altogether does not. */
  #common(name: string): PersistentWorkerOptions {
    const { graceMs, print = 'log', timeoutMs, loadTimeoutMs, stopIf, workers } = this.#options.spec;
    const limits = [timeoutMs, loadTimeoutMs, stopIf, workers?.memoryMb, workers?.setupTimeoutMs];
    return {
      graceMs,
      stdio: print === 'log' ? { file: join(this.#logs, `${name}.log`) } : 'inherit',
      interruptible: limits.some((limit) => limit !== undefined),
    };
  }

  #nextName(): string {
    this.#made += 1;
    return `worker-${this.#made}`;
  }
}

/** The caller's own thread has the caller's own environment and console. */
function inlineOptions({ graceMs }: PersistentWorkerOptions): PersistentWorkerOptions {
  return { ...(graceMs !== undefined && { graceMs }) };
}
