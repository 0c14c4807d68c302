import { type Counters, type WorkerGauge, workerStates } from './counters.js';

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'summary';
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Sample {
  /** Behind the family's name. */
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number | undefined;
}

/** Counters in Prometheus' text format, 0.0.4. `labels` are put on every line. */
export function prometheusText(counters: Counters, labels: Labels = {}): string {
  return [...taskFamilies(counters), ...(counters.workers ? workerFamilies(counters.workers) : [])]
    .map((family) => textOf(family, labels))
    .join('');
}

function taskFamilies(counters: Counters): Family[] {
  const { total, active, finished, failures, stopped, cancelled = 0, exceptions, retried, taskMs } = counters;
  const waiting = Math.max(0, total - active - finished - failures - stopped - cancelled);
  const states = { waiting, active, done: finished, failed: failures, stopped, cancelled };
  return [
    {
      name: 'pyw_sweep_tasks',
      type: 'gauge',
      help: 'Tasks of the sweep by state.',
      samples: Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    },
    counter('pyw_sweep_exceptions_total', 'Tasks that failed because they have thrown.', exceptions),
    counter('pyw_sweep_retries_total', 'Attempts beyond the first of a task.', retried),
    {
      name: 'pyw_sweep_task_seconds',
      type: 'summary',
      help: 'How long tasks took.',
      samples: taskMs
        ? [
            { labels: { quantile: '0.5' }, value: taskMs.p50 / 1000 },
            { labels: { quantile: '0.9' }, value: taskMs.p90 / 1000 },
            { labels: { quantile: '0.99' }, value: taskMs.p99 / 1000 },
            { suffix: '_sum', value: taskMs.total / 1000 },
            { suffix: '_count', value: taskMs.count },
          ]
        : [],
    },
  ];
}

function workerFamilies(workers: readonly WorkerGauge[]): Family[] {
  const samples = (read: (worker: WorkerGauge) => number | undefined): Sample[] =>
    workers.map((worker) => ({ labels: labelsOf(worker), value: read(worker) }));
  return [
    {
      name: 'pyw_sweep_workers',
      type: 'gauge',
      help: 'Workers of the sweep by state.',
      samples: workerStates.map((state) => {
        return { labels: { state }, value: workers.filter((worker) => worker.state === state).length };
      }),
    },
    {
      name: 'pyw_sweep_worker_busy',
      type: 'gauge',
      help: 'Whether a worker is at a task.',
      samples: samples(({ state }) => Number(state === 'running' || state === 'loading')),
    },
    {
      name: 'pyw_sweep_worker_tasks_total',
      type: 'counter',
      help: 'Tasks that ended in a worker.',
      samples: samples(({ tasks }) => tasks),
    },
    {
      name: 'pyw_sweep_worker_memory_bytes',
      type: 'gauge',
      help: 'Memory of a worker.',
      samples: samples(({ memoryMb }) => (memoryMb === undefined ? undefined : memoryMb * 2 ** 20)),
    },
  ];
}

function counter(name: string, help: string, value: number): Family {
  return { name, type: 'counter', help, samples: [{ value }] };
}

function labelsOf({ name, host, gpus }: WorkerGauge): Labels {
  return {
    worker: name,
    ...(host !== undefined && { host }),
    ...(gpus && gpus.length > 0 && { gpus: gpus.join(',') }),
  };
}

/** A family without samples is not told of. */
function textOf({ name, type, help, samples }: Family, common: Labels): string {
  const lines = samples.flatMap(({ suffix = '', labels = {}, value }) =>
    value === undefined ? [] : [`${name}${suffix}${labelText({ ...common, ...labels })} ${numberText(value)}\n`],
  );
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join()}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
