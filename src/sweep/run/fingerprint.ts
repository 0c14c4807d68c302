import { createHash } from 'node:crypto';
import { isRecord } from '../../base/checks.js';
import { relativeToRoot } from '../../target/root.js';
import type { Preparation } from '../../task/order.js';
import type { Value } from '../../task/value.js';
import type { Fingerprint } from '../ledger/fingerprint.js';
import { Sourced } from '../space/sourced.js';
import type { SpaceSpec, Written } from '../space/space-spec.js';
import { declaredCommands } from './commands-of.js';
import type { SweepSpec } from './spec.js';

/**
 * What records depend on beyond their parameters. Another one means that they answer another question; what is only
 * added (values, variables of another space, workers) is not in it.
 */
export function fingerprintOf(spec: SweepSpec, work: Preparation['work']): Fingerprint {
  const spaces = spec.spaces ?? [spec];
  return {
    task: workOf(work),
    ...(work.type === 'commands' && { commands: { ...declaredCommands(spec) } }),
    variables: Object.fromEntries(
      spaces.filter(({ points }) => !points).map((space) => [space.title ?? '', namesIn(space)]),
    ),
    version: spec.version ?? '',
    computed: bySpace(spaces, ({ computed }) => mapValues(computed, textOf)),
    defaults: bySpace(spaces, ({ defaults }) => mapValues(defaults, plainValue)),
    aliases: bySpace(spaces, ({ aliases }) =>
      mapValues(aliases, (cases) => mapValues(cases, (sets) => mapValues(sets, plainValue))),
    ),
    metrics: typeof spec.metrics === 'string' ? spec.metrics : { ...spec.metrics },
  };
}

/** By title, which several may share; of spaces that have none of it nothing is said. */
function bySpace(
  spaces: readonly SpaceSpec[],
  read: (space: SpaceSpec) => Record<string, Value>,
): Record<string, Value> {
  const all: Record<string, Record<string, Value>> = {};
  for (const space of spaces) {
    const given = read(space);
    const title = space.title ?? '';
    if (Object.keys(given).length > 0) all[title] = { ...all[title], ...given };
  }
  return all;
}

function mapValues<T>(given: Readonly<Record<string, T>> = {}, make: (value: T) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, make(value)]));
}

function plainValue(written: Written): Value {
  return written instanceof Sourced ? written.value : written;
}

function workOf(work: Preparation['work']): Value {
  if (work.type === 'commands') return 'commands';
  const ref = relativeToRoot(work.ref, undefined);
  if (ref.type === 'export') return { function: ref.path.join('.'), module: ref.url };
  return { function: ref.name, source: createHash('sha256').update(ref.source).digest('hex').slice(0, 16) };
}

/** Names of the parameters that are chosen. Explicit points may have any: nothing is said of them. */
function namesIn({ variables = {}, repeats }: SpaceSpec): Value {
  const chosen = Object.entries(variables).flatMap(([name, variable]) =>
    isRecord(variable) && isRecord(variable.zip) ? Object.keys(variable.zip) : [name],
  );
  const repeated = repeats === undefined ? [] : [typeof repeats === 'object' ? (repeats.name ?? 'seed') : 'seed'];
  return [...chosen, ...repeated].sort();
}

function textOf(how: unknown): string {
  return typeof how === 'function' ? Function.prototype.toString.call(how) : String(how);
}
