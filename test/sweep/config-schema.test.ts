import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { HostOptions, SpaceSpec, SweepSpec, WorkersOptions } from 'pyworkers/sweep';

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly definitions?: Record<string, Schema>;
  readonly [key: string]: unknown;
}

const schema = createRequire(import.meta.url)('pyworkers/sweep.schema.json') as Schema;

/** Every option there is, and whether a file can have it: the compiler sees to it that none is missing here. */
const options: Record<keyof Required<SweepSpec>, boolean> = {
  title: true,
  variables: true,
  points: true,
  computed: true,
  defaults: true,
  aliases: true,
  constraints: true,
  exclude: true,
  include: true,
  repeats: true,
  sample: true,
  only: true,
  spaces: true,
  search: true,
  task: true,
  commands: true,
  metrics: true,
  version: true,
  limit: true,
  shard: true,
  folders: true,
  output: true,
  workers: true,
  batches: true,
  timeoutMs: true,
  loadTimeoutMs: true,
  graceMs: true,
  retries: true,
  retryDelayMs: true,
  maxFailures: true,
  canary: true,
  success: true,
  verify: true,
  onFailure: true,
  existing: true,
  changed: true,
  join: true,
  hooks: true,
  stopIf: true,
  print: true,
  verbose: true,
  graphite: true,
  prometheus: true,
  objective: true,
  signal: false,
  ids: false,
};
const spaceOptions: Record<keyof Required<SpaceSpec>, true> = {
  title: true,
  variables: true,
  points: true,
  computed: true,
  defaults: true,
  aliases: true,
  constraints: true,
  exclude: true,
  include: true,
  repeats: true,
  sample: true,
  only: true,
};
const workerOptions: Record<keyof Required<WorkersOptions>, true> = {
  count: true,
  kind: true,
  gpus: true,
  cpus: true,
  memoryMb: true,
  env: true,
  cwd: true,
  hosts: true,
  setup: true,
  teardown: true,
  setupTimeoutMs: true,
  tasksMax: true,
};
const hostOptions: Record<keyof Required<HostOptions>, true> = {
  host: true,
  count: true,
  gpus: true,
  env: true,
  cwd: true,
  root: true,
  token: true,
  tokenFile: true,
  output: true,
};

describe('The published schema of a sweep', () => {
  const keysOf = ({ properties = {} }: Schema = {}): string[] =>
    Object.keys(properties)
      .filter((key) => key !== '$schema')
      .sort();
  const definition = (name: string): Schema | undefined => schema.definitions?.[name];

  it('has every option that a file can have, and no other', () => {
    const inFiles = Object.entries(options)
      .filter(([, isInFiles]) => isInFiles)
      .map(([name]) => name);
    assert.deepEqual(keysOf(schema), inFiles.sort());
    assert.deepEqual(keysOf(definition('space')), Object.keys(spaceOptions).sort());
    assert.deepEqual(keysOf(definition('workers')), Object.keys(workerOptions).sort());
    const hosts = definition('workers')?.properties?.hosts as { items: { anyOf: Schema[] } };
    assert.deepEqual(keysOf(hosts.items.anyOf[1]), Object.keys(hostOptions).sort());
  });

  it('refers to nothing that it does not define, and defines nothing that it does not use', () => {
    const referred = new Set([...JSON.stringify(schema).matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name]) => name));
    assert.deepEqual([...referred].sort(), Object.keys(schema.definitions ?? {}).sort());
  });
});
