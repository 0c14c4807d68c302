import { type Context, context } from '../host/context.js';
import { loadTarget } from '../target/load.js';
import type { TargetRef } from '../target/target-ref.js';
import { performCommands } from './command-work.js';
import { type FunctionTask, performFunction } from './function-work.js';
import { HomeFolder } from './home-folder.js';
import type { Assignment, Load, Preparation, TaskReport } from './order.js';
import { bindToCpus, cpusOfWorker } from './resources/cpu-binding.js';
import { type Folder, folderFor } from './task-folder.js';

interface Held {
  readonly value: unknown;
  readonly dispose: ((value: unknown) => unknown) | undefined;
}

/** What one worker of a sweep keeps between its tasks: the function, and the values that are expensive to make. */
export class Desk {
  readonly #held = new Map<string, Held>();
  #preparation: Preparation | undefined;
  #task: FunctionTask | undefined;
  /** Of a process: threads cannot leave theirs, and an inline worker has the caller's. */
  #home: HomeFolder | undefined;

  async prepare(preparation: Preparation): Promise<undefined> {
    this.#preparation = preparation;
    const { work, setup, cpus } = preparation;
    const { kind } = context();
    if (cpus) await bindToCpus(process.pid, cpusOfWorker(cpus.place, cpus.each));
    if (work.type === 'function') this.#task = (await functionOf(work.ref)) as FunctionTask;
    if (setup) await (await functionOf(setup))({ gpus: preparation.gpus } as never);
    if (kind !== 'inline' && kind !== 'thread') this.#home = new HomeFolder(); // which the setup may have chosen
  }

  /** Makes a value and keeps it, in the place of the one before. */
  async load({ variable, value, label, load, dispose }: Load): Promise<undefined> {
    this.#home?.goBack();
    await this.#dispose(variable);
    const make = (await functionOf(load)) as (value: unknown, about: object) => unknown;
    const disposing = dispose && ((await functionOf(dispose)) as (value: unknown) => unknown);
    const about = { variable, label, gpus: this.#ready.gpus, signal: context().signal };
    this.#held.set(variable, { value: await make(value, about), dispose: disposing });
  }

  perform(task: Assignment, call: Context): TaskReport | Promise<TaskReport> {
    const preparation = this.#ready;
    this.#home?.goBack();
    const folder = folderFor(task);
    const { work } = preparation;
    if (work.type === 'commands')
      return withFiles(folder, call, performCommands(task, { work, preparation, folder, call }));
    if (!this.#task) throw new Error('A task came before the function was there.');
    const loaded = Object.fromEntries((task.loaded ?? []).map((name) => [name, this.#held.get(name)?.value]));
    return withFiles(folder, call, performFunction(this.#task, task, { preparation, folder, call, loaded }));
  }

  /** Gives everything back. */
  async finish(): Promise<undefined> {
    this.#home?.goBack();
    for (const variable of [...this.#held.keys()].reverse()) await this.#dispose(variable);
    const teardown = this.#preparation?.teardown;
    if (teardown) await (await functionOf(teardown))();
  }

  async #dispose(variable: string): Promise<void> {
    const held = this.#held.get(variable);
    this.#held.delete(variable);
    await held?.dispose?.(held.value);
  }

  get #ready(): Preparation {
    if (!this.#preparation) throw new Error('A task came before its preparation.');
    return this.#preparation;
  }
}

function functionOf(ref: TargetRef): Promise<(...args: never[]) => unknown> {
  return loadTarget(ref, { context, __name: (value: unknown) => value });
}

/** What was asked to stop and did gives its files back all the same. */
function withFiles(
  folder: Folder,
  call: Context,
  report: TaskReport | Promise<TaskReport>,
): TaskReport | Promise<TaskReport> {
  if (!folder.isScratch) return report;
  return Promise.resolve(report).then(
    async (given) => ({ ...given, ...(await folder.collect()) }),
    async (error) => {
      if (call.signal.aborted) return { wasAsked: true, ...(await folder.collect()) };
      await folder.remove();
      throw error;
    },
  );
}
