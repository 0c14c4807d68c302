import { OptionError } from '../base/errors.js';
import type { Kind } from '../protocol/messages.js';
import type { AnyFunction } from '../target/target-ref.js';
import { Handle } from './handle.js';
import { checkWorkerOptions, type TerminateOptions, type WorkerOptions } from './options.js';
import type { Outcome } from './outcome.js';
import { type MaybeTarget, settingsOf } from './settings.js';
import type { ArgsAndOptions, ValueOf } from './signature.js';

/** One run of a target elsewhere. It starts with its construction, and ends with the target. */
export class Worker<F extends AnyFunction = AnyFunction> extends Handle<ValueOf<F>> {
  constructor(kind: Kind, target: MaybeTarget<F>, ...rest: ArgsAndOptions<F, WorkerOptions>) {
    const [args = [], options = {}] = rest;
    const settings = settingsOf(kind, target, options, checkWorkerOptions);
    if (!Array.isArray(args))
      throw new OptionError('The arguments of the target are an array: new ThreadWorker(target, [1, 2], options).');
    let answer: Outcome<unknown> | undefined;
    super(settings, {
      begin: (run) => {
        answer = undefined;
        run.call(args, { settle: (outcome) => (answer = outcome) }, options.transfer);
        run.close();
      },
      conclude: () => (answer ?? { type: 'notRun' }) as Outcome<ValueOf<F>>, // at the end every call is answered
    });
  }

  /** A worker that is ready when the promise resolves. */
  static async create<F extends AnyFunction>(
    kind: Kind,
    target: MaybeTarget<F>,
    ...rest: ArgsAndOptions<F, WorkerOptions>
  ): Promise<Worker<F>> {
    const worker = new Worker<F>(kind, target, ...rest);
    await worker.ready;
    return worker;
  }

  /** All workers of this process that are alive, of every sort. */
  static active(): Handle<unknown>[] {
    return Handle.alive();
  }

  /** Does nothing: this worker ends with its target. It is there because persistent workers have it. */
  close(): void {}

  /** Ends this run, if need be, and starts the same target with the same arguments and the last user state. */
  async restart(options: TerminateOptions = {}): Promise<void> {
    await this.startAgain(options);
  }
}
