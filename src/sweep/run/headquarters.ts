import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Events } from '../../base/events.js';
import type { Estimate } from '../batch/estimate.js';
import { Ledger } from '../ledger/ledger.js';
import type { StartInfo } from '../ledger/start-record.js';
import type { Counters as MonitoredCounters } from '../metrics/counters.js';
import { GraphitePusher } from '../metrics/graphite-pusher.js';
import { PrometheusServer } from '../metrics/prometheus-server.js';
import { TaskTimes } from '../metrics/task-times.js';
import type { Plan } from '../plan/plan.js';
import { SweepResults } from '../results/sweep-results.js';
import { droppedLines, Outlet } from '../view/outlet.js';
import { tellInLines } from '../view/plain-lines.js';
import { type Assignments, assignmentsOf } from './assignments.js';
import { type Course, type CourseOptions, planCourse, searchCourse } from './course.js';
import { fingerprintOf } from './fingerprint.js';
import { GpuWatch } from './gpu-watch.js';
import { noteOfLargeParams } from './large-params.js';
import { Loads } from './loads.js';
import { toldCounters, toldOf } from './monitored.js';
import { Past } from './past.js';
import { Places } from './places.js';
import { pointTask } from './point-task.js';
import type { Resolved } from './resolved.js';
import { RetryRules } from './retry-rules.js';
import { reviewExisting } from './review-existing.js';
import { openSites, type Sites } from './sites.js';
import { Staffing } from './staffing.js';
import type { SweepEvents } from './sweep-events.js';
import { SweepRun } from './sweep-run.js';
import { type Counters, Tally } from './tally.js';
import type { WorkerStatus } from './worker-status.js';

const NOT_AT_WORK = 'The sweep is not at work: it has not begun yet, was stopped, or has nothing left to begin.';

export interface HeadquartersOptions {
  readonly events: Events<SweepEvents>;
  /** To be recorded of this run. */
  readonly start: StartInfo;
}

/** Sets up everything that a run needs, sees it through, and puts everything away, whatever happens. */
export class Headquarters {
  readonly #spec: Resolved;
  readonly #plan: Plan | undefined;
  readonly #events: Events<SweepEvents>;
  readonly #start: StartInfo;
  readonly #tally = new Tally();
  readonly #undo: (() => unknown)[] = [];
  #run: SweepRun | undefined;
  #staffing: Staffing | undefined;
  #gpuWatch: GpuWatch | undefined;
  #isStopped = false;
  #isQuiet = false;

  constructor(spec: Resolved, plan: Plan | undefined, { events, start }: HeadquartersOptions) {
    this.#spec = spec;
    this.#plan = plan;
    this.#events = events;
    this.#start = start;
  }

  get counters(): Counters {
    return this.#tally.counters;
  }

  get workers(): readonly WorkerStatus[] {
    return (this.#run?.stations ?? []).map(({ status, slot }) => {
      const gpuUse = slot && this.#gpuWatch?.read(slot);
      return gpuUse ? { ...status, gpuUse } : status;
    });
  }

  get remaining(): Estimate | undefined {
    return this.#run?.remaining;
  }

  addWorker(): string {
    const run = this.#atWork();
    if (!this.#staffing) throw new Error(NOT_AT_WORK);
    return this.#staffing.add(run);
  }

  removeWorker(): string {
    return this.#atWork().dismiss();
  }

  retryFailed(): number {
    return this.#atWork().retryFailed();
  }

  #atWork(): SweepRun {
    if (!this.#run || this.#run.queue.over.aborted) throw new Error(NOT_AT_WORK);
    return this.#run;
  }

  stop({ now }: { readonly now: boolean }): void {
    this.#isStopped = true;
    if (now) this.#run?.cancel('it was stopped');
    else this.#run?.halt('it was stopped');
  }

  /** `isQuiet`: `verbose` writes nothing, for somebody else tells how it goes. */
  async run({ isQuiet }: { readonly isQuiet: boolean }): Promise<SweepResults> {
    this.#isQuiet = isQuiet;
    const { signal } = this.#spec;
    const onAbort = (): void => this.stop({ now: true });
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#undo.push(() => signal?.removeEventListener('abort', onAbort));
    try {
      return await this.#work();
    } finally {
      await this.#putAway();
    }
  }

  /** All of it, whatever one of them says to that. */
  async #putAway(): Promise<void> {
    const failures: unknown[] = [];
    for (const undo of this.#undo.reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  async #work(): Promise<SweepResults> {
    const spec = this.#spec;
    const output = resolve(spec.output);
    const assignments = await assignmentsOf(spec, this.#plan);
    const ledger = await this.#openLedger(output, assignments);
    this.#undo.push(() => ledger.close());
    if (this.#plan) await reviewExisting(this.#plan, { spec, output, ledger });
    const past = new Past(spec, ledger, this.#plan);
    const sites = await this.#openSites({ areNeeded: !(this.#isStopped || (this.#plan && past.isWhole(this.#plan))) });
    const places = new Places({ spec, output, sites, prepare: assignments.prepare });
    const staffing = new Staffing(spec, places);
    this.#staffing = staffing;
    const course = this.#courseOf({ ledger, past, output, workers: staffing.expected });
    await this.#tell();
    const note = this.#plan && noteOfLargeParams(this.#plan);
    if (note !== undefined) this.#events.emit('note', note);
    const run = new SweepRun({
      spec,
      past,
      work: assignments.work,
      loads: new Loads(assignments.loadings, new RetryRules(spec.retries)),
      ledger,
      agenda: course.agenda,
      events: this.#events,
      tally: this.#tally,
      onEnd: (task, end) => course.onEnd(task, end),
    });
    this.#run = run;
    if (this.#isStopped) run.halt('it was stopped');
    await spec.hooks?.beforeAll?.();
    try {
      await staffing.staff(run);
      await run.over();
    } finally {
      await spec.hooks?.afterAll?.();
    }
    await ledger.flush();
    const { objective } = spec;
    return SweepResults.of(course.entries(), { ...(objective && { objective }) });
  }

  #openLedger(output: string, { work }: Assignments): Promise<Ledger> {
    const { join, changed, existing } = this.#spec;
    return Ledger.open(output, {
      fingerprint: fingerprintOf(this.#spec, work),
      ...(join !== undefined && { join }),
      ...(this.#plan && isForeign(output) && existing !== 'overwrite' && { writes: [...topFolders(this.#plan)] }),
      start: this.#start,
      onProblem: ({ message }) => this.#events.emit('note', message),
      changed: existing === 'overwrite' ? 'accept' : (changed ?? 'refuse'),
    });
  }

  async #openSites({ areNeeded }: { readonly areNeeded: boolean }): Promise<Sites> {
    const sites = await openSites({
      workers: areNeeded ? (this.#spec.workers ?? {}) : {},
      name: this.#spec.output,
      onWait: (worker, reason) => {
        this.#run?.stations.find(({ name }) => name === worker)?.wait(reason);
        this.#events.emit('waiting', worker, reason);
      },
      onMissing: (host, error) => this.#events.emit('note', `${host} cannot be used: ${(error as Error).message}`),
    });
    this.#undo.push(() => sites.close());
    if (sites.hosts.length > 0 && this.#spec.workers?.memoryMb !== undefined) {
      this.#events.emit('note', '"memoryMb" holds on this machine only: workers on other hosts are not watched');
    }
    const watch = new GpuWatch(sites.local.slots ?? []);
    this.#gpuWatch = watch;
    this.#undo.push(() => watch.close());
    return sites;
  }

  #courseOf(about: Pick<CourseOptions, 'ledger' | 'past' | 'output' | 'workers'>): Course {
    const options = { ...about, spec: this.#spec, tally: this.#tally, events: this.#events };
    return this.#plan ? planCourse(this.#plan, options) : searchCourse(pointTask(this.#spec), options);
  }

  /** To the terminal, to Graphite, to Prometheus, as far as asked for. */
  async #tell(): Promise<void> {
    const { verbose = 0, graphite, prometheus } = this.#spec;
    if (verbose !== 0 && !this.#isQuiet) {
      const outlet = new Outlet(process.stderr);
      this.#undo.push(() => outlet.end());
      const write = (line: string): void => outlet.writeLine(line, droppedLines);
      this.#undo.push(tellInLines(this.#events, { verbose, now: () => this, write }));
    }
    if (graphite) {
      const onError = ({ message }: Error): void => this.#events.emit('note', `Graphite: ${message}`);
      const pusher = new GraphitePusher({ ...graphite, onError }, () => toldCounters(this.counters));
      this.#undo.push(() => pusher.close());
    }
    if (prometheus) {
      const times = new TaskTimes();
      this.#events.on('ended', (_, end) => times.add(end));
      const snapshot = (): MonitoredCounters => ({ ...toldCounters(this.counters), ...toldOf(this.workers, times) });
      const server = await PrometheusServer.listen(prometheus, snapshot);
      this.#undo.push(() => server.close());
    }
  }
}

/** Whether there is something, and no record of a sweep. */
function isForeign(output: string): boolean {
  return existsSync(output) && !existsSync(join(output, '.pyw'));
}

/** What tasks are to have directly in the output folder. */
function topFolders(plan: Plan): Set<string> {
  const names = new Set<string>();
  for (const { folder } of plan) names.add(folder.split('/', 1)[0] ?? '');
  return names;
}
