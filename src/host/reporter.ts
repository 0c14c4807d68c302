import type { Channel } from '../channel/channel.js';
import type { HostSpec, Order, Report } from '../protocol/messages.js';
import type { Answer } from './answer.js';
import { FlushPace } from './flush-pace.js';
import { MemoryLimit } from './memory-limit.js';
import { asError } from './thrown.js';

const HELD_LENGTH_MAX = 1000;

/** Results of calls that followed one another, on their way in one report. */
interface Held {
  readonly id: number;
  readonly values: unknown[];
  ranUs: number;
}

/** How a host reports: what may wait for company does, what must not wait behind a target that blocks leaves at once. */
export class Reporter {
  readonly #channel: Channel<Report, Order>;
  readonly #pace = new FlushPace();
  #held: Held | undefined;
  #memory: MemoryLimit | undefined;

  constructor(channel: Channel<Report, Order>) {
    this.#channel = channel;
    channel.beforeSend = this.#sendHeld;
  }

  send(report: Report): void {
    this.#channel.send(report);
  }

  sendNow(report: Report, name?: string): void {
    this.#channel.send(report, name);
    this.#channel.flush();
  }

  limitMemory({ maxMemoryMb, kind }: HostSpec): void {
    if (maxMemoryMb === undefined) return;
    this.#memory = new MemoryLimit({
      maxMb: maxMemoryMb,
      isProcess: kind === 'process' || kind === 'remote',
      onExcess: (megabytes) => this.sendNow({ type: 'outgrown', megabytes }),
    });
  }

  /** Every call gets an answer, also one whose answer cannot be sent. */
  answer(answer: Answer, now: number): void {
    if (answer.type === 'returned' && isUnchanging(answer.payload)) this.#hold(answer);
    else this.#sendAnswer(answer);
    this.#memory?.look(now);
    if (!this.#pace.isDue(now)) return;
    this.#sendHeld();
    this.#channel.flush();
  }

  /** Nothing is left to run for now. */
  idle(): void {
    this.#pace.reset();
    this.#sendHeld();
  }

  /** The last report; without a state where the target never got so far as to have one. */
  end(last: { readonly state: unknown } | undefined): void {
    try {
      this.#channel.send({ type: 'ended', payload: last }, 'context()');
    } catch (error) {
      this.#channel.send({ type: 'ended', payload: { error } });
    }
  }

  #sendAnswer(answer: Answer): void {
    try {
      this.#channel.send(answer, 'result');
    } catch (error) {
      this.#channel.send({
        type: 'threw',
        id: answer.id,
        ranUs: 'ranUs' in answer ? answer.ranUs : 0,
        payload: asError(error),
      });
    }
  }

  #hold({ id, ranUs, payload }: Extract<Answer, { type: 'returned' }>): void {
    if (this.#held && this.#held.id + this.#held.values.length !== id) this.#sendHeld();
    if (this.#held) {
      this.#held.values.push(payload);
      this.#held.ranUs += ranUs;
      return;
    }
    this.#held = { id, values: [payload], ranUs };
    queueMicrotask(this.#sendHeld);
  }

  readonly #sendHeld = (): void => {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    const { id, values, ranUs } = held;
    if (values.length === 1) this.#channel.send({ type: 'returned', id, ranUs, payload: values[0] });
    else this.#channel.send({ type: 'results', id, ranUs, payload: values });
  };
}

/** What may be packed later, as plain data: nobody can change it meanwhile. */
function isUnchanging(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
      return !Object.is(value, -0);
    case 'string':
      return value.length <= HELD_LENGTH_MAX && value.isWellFormed();
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
}
