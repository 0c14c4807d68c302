import type { Channel } from '../channel/channel.js';
import type { Order, Report } from '../protocol/messages.js';
import { FlushPace } from './flush-pace.js';
import { asError } from './thrown.js';

/** How a host reports: what may wait for company does, what must not wait behind a target that blocks leaves at once. */
export class Reporter {
  readonly #channel: Channel<Report, Order>;
  readonly #pace = new FlushPace();

  constructor(channel: Channel<Report, Order>) {
    this.#channel = channel;
  }

  send(report: Report): void {
    this.#channel.send(report);
  }

  sendNow(report: Report, name?: string): void {
    this.#channel.send(report, name);
    this.#channel.flush();
  }

  /** Every call gets an answer, also one whose answer cannot be sent. */
  answer(report: Extract<Report, { type: 'returned' | 'threw' | 'stopped' }>): void {
    try {
      this.#channel.send(report, 'result');
    } catch (error) {
      this.#channel.send({ type: 'threw', id: report.id, payload: asError(error) });
    }
    if (this.#pace.isDue(performance.now())) this.#channel.flush();
  }

  /** Nothing is left to run for now. */
  idle(): void {
    this.#pace.reset();
  }

  /** The last report; without a state where the target never got so far as to have one. */
  end(last: { readonly state: unknown } | undefined): void {
    try {
      this.#channel.send({ type: 'ended', payload: last }, 'context()');
    } catch (error) {
      this.#channel.send({ type: 'ended', payload: { error } });
    }
  }
}
