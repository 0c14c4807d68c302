import { join, posix, resolve } from 'node:path';
import { WorkerLostError } from '../../base/errors.js';
import { errorRecord } from '../../task/error-record.js';
import type { Assignment, CommandNews, TaskReport } from '../../task/order.js';
import type { TaskEnd } from '../../task/record.js';
import { resultOf } from '../../task/result-of.js';
import type { Params } from '../../task/value.js';
import { paramsText } from '../ledger/task-folder.js';
import type { Task } from '../point.js';
import { CommandsSoFar, isNews } from './commands-so-far.js';
import { LoadError, type Loads } from './loads.js';
import type { Performance } from './performance.js';
import type { Place } from './place.js';
import type { Leaver } from './salvage.js';
import type { Shift } from './shift.js';
import type { Performable, SweepWorker } from './sweep-worker.js';
import { toldOfLimit } from './time-limit.js';
import { unlessAborted } from './unless-aborted.js';
import { unpack } from './unpack.js';
import { type Cut, judge, type Verdict, verdictOfLate, verdictOfLoss } from './verdict.js';

/** One run of one task in one worker: loads what it needs, performs it, judges what came of it. Never rejects. */
export class Attempt implements Performable, Leaver {
  readonly task: Task;
  readonly number: number;
  readonly #shift: Shift;
  readonly #place: Place;
  #aborter: AbortController | undefined;
  #performance: Performance | undefined;
  /** To try it again would be no use. */
  isFinal = false;
  /** How long it took its worker, where that is known. */
  ranMs: number | undefined;
  #cut: Cut | undefined;
  #metrics: Record<string, Params[string]> | undefined;
  readonly #commands: CommandsSoFar;
  /** Its scratch folder on another machine, until what is in it has come. */
  scratch: string | undefined;
  #startedAt = Date.now();
  #loadMs: Record<string, number> = {};
  #loading: { readonly variable: string; readonly since: number } | undefined;

  constructor(task: Task, number: number, { shift, place }: { readonly shift: Shift; readonly place: Place }) {
    this.task = task;
    this.number = number;
    this.#shift = shift;
    this.#place = place;
    this.#commands = new CommandsSoFar(task.point.id, shift.past);
  }

  /** The variable whose value is being loaded. */
  get loading(): string | undefined {
    return this.#loading?.variable;
  }

  /** Since when it does what it does, in milliseconds since 1970. */
  get since(): number {
    return this.#loading?.since ?? this.#startedAt;
  }

  /** A worker has it now, or will come to it. */
  isGiven(performance: Performance): void {
    this.#performance = performance;
    performance.onProgress = (told) => this.#onProgress(told);
    if (this.#cut) performance.abandon();
  }

  /** Whether the worker that it was given to has not begun it, and will not. */
  isTakenBack(): Promise<boolean> | false {
    return this.#performance?.isTakenBack() ?? false;
  }

  /** `undefined` when the worker has given it back and never begun it. */
  async run(worker: SweepWorker): Promise<TaskEnd | undefined> {
    const { hooks } = this.#shift;
    let report: TaskReport | undefined = {};
    let verdict: Verdict;
    try {
      await this.#load(worker, this.#shift.loads);
      this.#loading = undefined;
      this.#startedAt = Date.now();
      if (hooks.beforeTask) await unlessAborted(hooks.beforeTask(this.task, this.#place.name), this.#signal);
      report = await this.#perform(worker);
      if (report?.files) await this.unpack(report);
      if (!report && !this.#cut) return undefined;
      verdict = this.#cut ? verdictOfLoss(undefined, this.#cut) : await this.#judged(report ?? {});
    } catch (error) {
      verdict = this.#verdictOf(error);
    }
    this.#performance = undefined;
    const end = this.#end(verdict, report ?? {});
    return hooks.afterTask ? this.#told(end) : end;
  }

  /** Puts the files that have come into its folder. */
  async unpack({ files = [] }: Pick<TaskReport, 'files'>): Promise<void> {
    this.scratch = undefined;
    await unpack(files, resolve(this.#shift.output, this.task.folder));
  }

  /** Ends it: asked, then cut off, then killed. */
  cut(cut: Cut): void {
    if (this.#cut) return;
    this.#cut = cut;
    this.#performance?.abandon();
    this.#aborter?.abort();
  }

  /** Made when asked for: most tasks need none. */
  get #signal(): AbortSignal {
    this.#aborter ??= new AbortController();
    if (this.#cut) this.#aborter.abort();
    return this.#aborter.signal;
  }

  async #load(worker: SweepWorker, loads: Loads): Promise<void> {
    const { spec, hooks } = this.#shift;
    for (const load of loads.missingFor(this.task, worker.holds, this.#place.locate)) {
      loads.refuseFailed(load);
      const isAnother = worker.holds.has(load.variable);
      if (isAnother) await hooks.onUnload?.(load.variable, this.#place.name);
      const from = performance.now();
      this.#loading = { variable: load.variable, since: Date.now() };
      try {
        await worker.load(load, { timeoutMs: spec.loadTimeoutMs, signal: this.#signal });
      } catch (error) {
        throw this.#cut ? error : loads.failed(load, error);
      }
      this.#loadMs = { ...this.#loadMs, [load.variable]: performance.now() - from };
      await hooks.onLoad?.(load.variable, this.#place.name);
    }
  }

  async #perform(worker: SweepWorker): Promise<TaskReport | undefined> {
    if (!this.#performance && !this.#cut) worker.perform([this], this.#shift.spec);
    const performance = this.#performance;
    if (!performance) return {}; // cut before it began
    const report = await performance.report();
    this.ranMs = performance.ranMs;
    return report;
  }

  /** What the worker is told. */
  get assignment(): Assignment {
    const { point, folder } = this.task;
    const loaded = this.#shift.loads.namesFor(this.task);
    return {
      ...(loaded.length > 0 && { loaded }),
      ...(this.#commands.left && { only: this.#commands.left }),
      id: point.id,
      name: folder,
      attempt: this.number,
      ...(this.#place.output !== 'scratch' && { record: paramsText(point) }),
      params: point.params,
      texts: point.texts,
      ...(point.labels && { labels: point.labels }),
      folder: this.#folderThere(),
    };
  }

  /** Where it writes, as its worker sees it. */
  #folderThere(): Assignment['folder'] {
    const { output } = this.#place;
    if (output === 'same') return join(this.#shift.output, this.task.folder);
    if (output !== 'scratch') return posix.join(output.path, this.task.folder);
    this.scratch = `pyw-task-${crypto.randomUUID()}`;
    return { scratch: this.scratch };
  }

  /** Called by the worker's news: what is wrong with them, or with a rule, is this task's failure and nobody else's. */
  #onProgress(told: unknown): void {
    try {
      if (isNews(told, this.#shift.work.type)) this.#takeDone(told);
      else this.#take(resultOf(told));
    } catch (error) {
      this.cut({ why: 'error', error }); // of a rule, or of what the task told
    }
  }

  /** Written down at once: it is not to be done again if the worker is lost, or this process. What it left in a scratch folder would be. */
  #takeDone(news: CommandNews): void {
    if (this.#place.output === 'scratch') return;
    this.#commands.take(news);
    const about = { id: this.task.point.id, attempt: this.number, startedAt: this.#startedAt };
    this.#shift.ledger.part({ ...about, ...this.#commands.with({}) });
  }

  #take(progress: Params): void {
    this.#metrics = Object.assign(this.#metrics ?? {}, progress);
    this.#shift.events.emit('progress', this.task, progress);
    for (const rule of this.#shift.stopRules) {
      const reason = rule.look(this.task, progress);
      if (reason !== undefined) return this.cut({ why: 'early', reason });
    }
  }

  async #judged(report: TaskReport): Promise<Verdict> {
    const { spec, output } = this.#shift;
    const { verify, timeoutMs } = spec;
    if (report.wasAsked) return verdictOfLate(report, timeoutMs);
    const { params } = this.task.point;
    const ask = verify && (() => verify(params, join(output, this.task.folder), this.#end({ status: 'done' }, report)));
    const verdict = await judge(report, spec.success, ask && (() => unlessAborted(ask(), this.#signal)));
    if (verdict.class === 'verify' && this.#cut) return verdictOfLoss(undefined, this.#cut);
    return verdict;
  }

  #verdictOf(error: unknown): Verdict {
    if (this.#cut || !(error instanceof LoadError)) {
      return verdictOfLoss(toldOfLimit(error, { ms: this.#shift.spec.timeoutMs }), this.#cut);
    }
    this.isFinal = error.isKnown;
    if (error.cause instanceof WorkerLostError && !error.isKnown) return verdictOfLoss(error.cause, undefined);
    return { status: 'failed', class: 'load', error: errorRecord(error.cause) };
  }

  /** The hook may turn a success into a failure. */
  async #told(end: TaskEnd): Promise<TaskEnd> {
    const { hooks, stopNow, spec } = this.#shift;
    try {
      await unlessAborted(hooks.afterTask?.(this.task, end), stopNow, spec);
      return end;
    } catch (error) {
      return end.status === 'done' ? { ...end, ...verdictOfLoss(error, undefined) } : end;
    }
  }

  #end(verdict: Verdict, report: TaskReport): TaskEnd {
    const { log, peakMemoryMb, cpuMs, leftBehind, timers } = report;
    const { result, commands } = this.#commands.with(report);
    return {
      id: this.task.point.id,
      attempt: this.number,
      ...verdict,
      ...(result && { result }),
      ...(this.#metrics && { metrics: this.#metrics }),
      ...(commands && { commands }),
      ...(log !== undefined && { log }),
      startedAt: this.#startedAt,
      endedAt: Date.now(),
      worker: this.#place.name,
      host: this.#place.host,
      gpus: this.#place.gpus,
      ...(peakMemoryMb !== undefined && { peakMemoryMb }),
      ...(cpuMs !== undefined && { cpuMs }),
      ...(Object.keys(this.#loadMs).length > 0 && { loadMs: this.#loadMs }),
      ...((leftBehind || timers) && { note: { ...(leftBehind && { leftBehind }), ...(timers && { timers }) } }),
    };
  }
}
