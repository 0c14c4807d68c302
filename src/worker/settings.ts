import type { Backend, HostOptions } from '../backend/backend.js';
import { backendOf } from '../backend/backends.js';
import { RemoteContextRef } from '../backend/remote-context.js';
import { remotePlace } from '../backend/remote-place.js';
import { OptionError } from '../base/errors.js';
import type { HostSpec, Kind } from '../protocol/messages.js';
import { refuseEndlessStart } from '../target/importing.js';
import { checkTarget } from '../target/refer.js';
import { NamedTarget, type Target } from '../target/target.js';
import type { AnyFunction } from '../target/target-ref.js';
import type { checkPersistentOptions, checkWorkerOptions, PersistentWorkerOptions } from './options.js';

const GRACE_MS = 1000;

/** Everything about a worker that stays the same through its restarts. */
export interface Settings {
  readonly backend: Backend;
  /** Without a target (or with `run: false`) nothing is ever started. */
  readonly isToRun: boolean;
  readonly host: Omit<HostOptions, 'onOutput' | 'onDraining' | 'onRecalled'>;
  readonly spec: HostSpec;
  readonly userId: unknown;
  readonly initState: unknown;
  readonly defaultArgs: readonly unknown[];
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What a worker is made with: a target, or nothing, which makes a worker that has ended from the beginning. */
export type MaybeTarget<F extends AnyFunction = AnyFunction> =
  | Target<F>
  | RemoteContextRef<F>
  | undefined
  | null
  | false;

/** Checks what the caller gave, at the door. */
export function settingsOf(
  kind: Kind,
  given: MaybeTarget,
  options: PersistentWorkerOptions,
  check: typeof checkWorkerOptions | typeof checkPersistentOptions,
): Settings {
  refuseEndlessStart();
  const backend = backendOf(kind);
  check(options, backend.kind);
  const context = given instanceof RemoteContextRef ? checkedContext(given, backend, options) : undefined;
  const target = given instanceof RemoteContextRef ? undefined : given;
  const hasTarget = target !== undefined && target !== null && target !== false;
  if (hasTarget || (options.run === true && !context)) checkTarget(target);
  const name = options.name ?? context?.id ?? (hasTarget ? nameOf(target) : 'none');
  const place =
    context?.place ?? (backend.kind === 'remote' && hasTarget ? remotePlace(options, undefined) : undefined);
  const { env, cwd, execArgv, resourceLimits, stdio = 'inherit', reuseThread = false } = options;
  return {
    backend,
    isToRun: (hasTarget || context !== undefined) && options.run !== false,
    host: {
      name,
      target: hasTarget ? target : undefined,
      env,
      execArgv,
      resourceLimits,
      stdio,
      reuseThread,
      cwd,
      place,
    },
    spec: specOf(backend.kind, name, options),
    userId: options.userId,
    initState: options.initState,
    defaultArgs: options.args ?? [],
    timeoutMs: options.timeoutMs ?? Number.POSITIVE_INFINITY,
    graceMs: options.graceMs ?? GRACE_MS,
    signal: options.signal,
  };
}

function specOf(kind: Kind, name: string, options: PersistentWorkerOptions): HostSpec {
  const isProcess = kind === 'process' || kind === 'remote';
  return {
    kind,
    name,
    concurrency: options.concurrency ?? 1,
    stopOnError: options.stopOnError ?? false,
    cwd: options.cwd,
    maxMemoryMb: options.maxMemoryMb,
    interruptible: isProcess && (options.interruptible ?? true),
  };
}

function checkedContext(
  context: RemoteContextRef,
  { kind }: Backend,
  { host }: PersistentWorkerOptions,
): RemoteContextRef {
  if (kind !== 'remote') {
    throw new OptionError(
      `A context is kept by a server: only a remote worker can be made from it, not one of kind "${kind}".`,
    );
  }
  if (host !== undefined) throw new OptionError('A context says itself where it is: leave the option "host" out.');
  return context;
}

function nameOf(target: Target): string {
  if (typeof target === 'function') return target.name || 'anonymous';
  if (target instanceof NamedTarget) return target.exportName;
  return String(target).split('/').pop() ?? 'default';
}
