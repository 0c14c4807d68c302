import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { SweepSpec, WorkersOptions } from 'pyworkers/sweep';
import { specFrom } from '#internal/sweep/run/overrides.js';

/** A variable as it is set, and what the option then is. */
type Said = readonly [name: string, text: string, value: unknown];

/** The compiler sees to it that no option is missing. `undefined`: it is code, or a whole structure. */
const ofWorkers: Record<keyof Required<WorkersOptions>, Said | undefined> = {
  count: ['PYW_WORKERS', '3', 3],
  kind: ['PYW_KIND', 'thread', 'thread'],
  gpus: ['PYW_GPUS', '0.5', 0.5],
  cpus: ['PYW_CPUS', '2', 2],
  memoryMb: ['PYW_MEMORY_MB', '500', 500],
  hosts: ['PYW_HOSTS', 'one:1, two', ['one:1', 'two']],
  cwd: ['PYW_CWD', '/tmp', '/tmp'],
  tasksMax: ['PYW_TASKS_MAX', '10', 10],
  setupTimeoutMs: ['PYW_SETUP_TIMEOUT_MS', '1000', 1000],
  env: undefined,
  setup: undefined,
  teardown: undefined,
};
const ofSweep: Record<Exclude<keyof Required<SweepSpec>, 'workers'>, Said | undefined> = {
  output: ['PYW_OUTPUT', 'here', 'here'],
  repeats: ['PYW_REPEATS', '5', 5],
  sample: ['PYW_SAMPLE', '100:7', { count: 100, seed: 7 }],
  limit: ['PYW_LIMIT', '3', 3],
  shard: ['PYW_SHARD', '2/8', '2/8'],
  folders: ['PYW_FOLDERS', 'flat', 'flat'],
  only: ['PYW_ONLY', 'train,test', ['train', 'test']],
  batches: ['PYW_BATCHES', 'false', false],
  timeoutMs: ['PYW_TIMEOUT_MS', '1', 1],
  loadTimeoutMs: ['PYW_LOAD_TIMEOUT_MS', '2', 2],
  graceMs: ['PYW_GRACE_MS', '3', 3],
  retries: ['PYW_RETRIES', '{"lost":1}', { lost: 1 }],
  retryDelayMs: ['PYW_RETRY_DELAY_MS', '4', 4],
  maxFailures: ['PYW_MAX_FAILURES', '5', 5],
  canary: ['PYW_CANARY', 'off', false],
  success: ['PYW_SUCCESS', 'always', 'always'],
  onFailure: ['PYW_ON_FAILURE', 'stop', 'stop'],
  existing: ['PYW_EXISTING', 'quit', 'quit'],
  changed: ['PYW_CHANGED', 'accept', 'accept'],
  join: ['PYW_JOIN', '1', true],
  print: ['PYW_PRINT', 'both', 'both'],
  verbose: ['PYW_VERBOSE', '2', 2],
  graphite: ['PYW_GRAPHITE', 'lab.net:2004/first', { host: 'lab.net', port: 2004, prefix: 'first' }],
  prometheus: ['PYW_PROMETHEUS', '0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
  objective: ['PYW_OBJECTIVE', 'loss:max', { metric: 'loss', goal: 'max' }],
  title: undefined,
  variables: undefined,
  points: undefined,
  spaces: undefined,
  search: undefined,
  computed: undefined,
  defaults: undefined,
  aliases: undefined,
  constraints: undefined,
  exclude: undefined,
  include: undefined,
  task: undefined,
  commands: undefined,
  metrics: undefined,
  version: undefined,
  ids: undefined,
  verify: undefined,
  hooks: undefined,
  stopIf: undefined,
  signal: undefined,
};

const valuesOf = (options: Readonly<Record<string, Said | undefined>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).flatMap(([option, said]) => (said ? [[option, said[2]]] : [])));

describe('The environment', () => {
  it('sets every option of a sweep that can be said in a line', () => {
    const said = [...Object.values(ofWorkers), ...Object.values(ofSweep)].flatMap((each) => (each ? [each] : []));
    const env = Object.fromEntries(said.map(([name, text]) => [name, text]));
    assert.deepEqual(specFrom({}, env), { ...valuesOf(ofSweep), workers: valuesOf(ofWorkers) });
  });

  it('is told of in the manual, every variable of it', () => {
    const manual = readFileSync('docs/sweeps.md', 'utf8');
    const said = [...Object.values(ofWorkers), ...Object.values(ofSweep)].flatMap((each) => (each ? each[0] : []));
    assert.deepEqual(
      said.filter((name) => !new RegExp(`\\b${name}\\b`).test(manual)),
      [],
    );
  });

  it('takes words and lists, and defaults for what a line leaves out', () => {
    const env = {
      PYW_GPUS: 'inherit',
      PYW_BATCHES: '2',
      PYW_SAMPLE: '9',
      PYW_GRAPHITE: 'lab.net/sweeps.first',
      PYW_PROMETHEUS: '9464',
      PYW_OBJECTIVE: 'loss',
    };
    assert.deepEqual(specFrom({}, env), {
      batches: 2,
      sample: { count: 9 },
      graphite: { host: 'lab.net', prefix: 'sweeps.first' },
      prometheus: { port: 9464 },
      objective: { metric: 'loss' },
      workers: { gpus: 'inherit' },
    });
  });

  it('is refused where it cannot be understood, and it is said how it is written', () => {
    for (const [name, value, expected] of [
      ['PYW_SAMPLE', 'some', /takes a number, or one with its seed such as 100:7, not "some"/],
      ['PYW_GRAPHITE', 'graphite.lab', /takes HOST\/PREFIX or HOST:PORT\/PREFIX/],
      ['PYW_PROMETHEUS', 'here', /takes a port, or HOST:PORT/],
      ['PYW_TASKS_MAX', 'ten', /takes a number/],
      ['PYW_GPUS', 'all', /takes a number for each worker .*, a list .*, an object .* or inherit, not "all"/],
    ] as const) {
      assert.throws(() => specFrom({}, { [name]: value }), { code: 'ERR_OPTION', message: expected });
    }
  });
});
