import { writeSync } from 'node:fs';
import type { Sweep } from '../sweep.js';
import { cleanText } from './clean-text.js';
import { divertWrites } from './divert-writes.js';
import { frame } from './frame.js';
import { type InputStream, isInForeground, Keyboard } from './keyboard.js';
import { listen } from './listen.js';
import { Outlet, type OutputStream } from './outlet.js';
import { resumedLine } from './resumed-line.js';
import { RESTORE, Screen } from './screen.js';
import { snapshot } from './snapshot.js';
import { ViewModel } from './view-model.js';
import type { ViewState } from './view-state.js';

const AT_ONCE_MS = 200;
const TICK_MS = 1000;
const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';

export interface LiveViewOptions {
  readonly output: OutputStream;
  /** Without it there are no keys. */
  readonly input?: InputStream | undefined;
  onQuit(): void;
}

/** A sweep on a terminal, drawn again as it goes on, with keys to steer it. */
export class LiveView implements AsyncDisposable {
  readonly #sweep: Sweep;
  readonly #options: LiveViewOptions;
  readonly #outlet: Outlet;
  readonly #screen: Screen;
  readonly #model: ViewModel;
  readonly #keyboard: Keyboard | undefined;
  readonly #undo: (() => void)[] = [];
  #hasLongKeys = false;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isAway = false;
  #isOver = false;
  #giveBack = (): void => {};

  constructor(sweep: Sweep, options: LiveViewOptions) {
    const { output, input } = options;
    this.#sweep = sweep;
    this.#options = options;
    this.#outlet = new Outlet(output);
    this.#screen = new Screen(this.#outlet, this.#columns);
    this.#model = new ViewModel(sweep);
    this.#keyboard = input && new Keyboard(input, (key) => this.#onKey(key));
    this.#listen();
    this.#keyboard?.open();
    this.#soon();
  }

  /** A line that stays. */
  say(text: string): void {
    this.#screen.print(cleanText(text));
    this.#soon();
  }

  /** Leaves a last picture, and the terminal as it was. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#model.close();
    this.#keyboard?.close();
    this.#giveBack();
    if (!this.#isAway) this.#screen.leave(this.#frame());
    await this.#outlet.end();
    for (const undo of this.#undo) undo();
  }

  get #columns(): number {
    return this.#options.output.columns || 80;
  }

  #listen(): void {
    const { output } = this.#options;
    const soon = (): void => this.#soon();
    const onNote = (text: string): void => this.say(text);
    const onResize = (): void => {
      this.#screen.resize(this.#columns);
      this.#soon();
    };
    const onContinue = (): void => this.#comeBack();
    const onExit = (): void => this.#putInOrder();
    output.on('resize', onResize);
    process.on('SIGCONT', onContinue);
    process.on('exit', onExit);
    this.#divert();
    this.#undo.push(
      listen(this.#sweep, {
        started: soon,
        ended: soon,
        waiting: soon,
        worker: soon,
        halted: soon,
        reopened: soon,
        note: onNote,
        resumed: (known) => this.say(resumedLine(known)),
      }),
      () => output.off('resize', onResize),
      () => process.off('SIGCONT', onContinue),
      () => process.off('exit', onExit),
    );
  }

  #divert(): void {
    this.#giveBack();
    this.#giveBack = divertWrites([process.stdout, process.stderr], (line) => this.say(line));
  }

  /** What happens at one time is drawn once; and nothing happening is drawn too: time goes on. */
  #soon(afterMs = Math.max(0, AT_ONCE_MS - (performance.now() - this.#drawnAt))): void {
    if (this.#isOver || this.#isAway) return;
    clearTimeout(this.#timer);
    const dueAt = performance.now() + afterMs;
    this.#timer = setTimeout(
      () => {
        // After what has come in meanwhile: that the terminal has another width, above all.
        setImmediate(() => this.#draw());
      },
      Math.max(0, dueAt - performance.now()),
    ).unref();
  }

  #draw(): void {
    if (this.#isOver || this.#isAway) return;
    this.#drawnAt = performance.now();
    this.#screen.draw(this.#frame());
    this.#soon(TICK_MS);
  }

  #frame(): string[] {
    const { output } = this.#options;
    return frame(this.#state(), {
      columns: this.#columns,
      rows: output.rows || 24,
      colours: this.#hasColours,
      now: Date.now(),
    });
  }

  get #hasColours(): boolean {
    return this.#options.output.hasColors?.() ?? false;
  }

  #state(): ViewState {
    const keys = this.#keyboard?.isOpen ? (this.#hasLongKeys ? 'long' : 'short') : undefined;
    return this.#model.state({ keys, isOver: this.#isOver });
  }

  #onKey(key: string): void {
    switch (key.toLowerCase()) {
      case 'q':
      case CTRL_C:
        this.#options.onQuit();
        break;
      case 'h':
      case '?':
        this.#hasLongKeys = !this.#hasLongKeys;
        break;
      case 's':
        this.#show();
        break;
      case '+':
        this.#try(() => `${this.#sweep.addWorker()} comes`);
        break;
      case '-':
        this.#try(() => `${this.#sweep.removeWorker()} leaves`);
        break;
      case 'r':
        this.#try(() => retryText(this.#sweep.retryFailed()));
        break;
      case CTRL_Z:
        return this.#goAway();
    }
    this.#soon();
  }

  #show(): void {
    const state = this.#model.state({ keys: undefined, foldersMax: Number.POSITIVE_INFINITY });
    this.#screen.print(...snapshot(state, { columns: this.#columns, colours: this.#hasColours, now: Date.now() }));
  }

  /** What cannot be done is said. */
  #try(act: () => string): void {
    try {
      this.#model.answer(act());
    } catch (error) {
      this.#model.answer(error instanceof Error ? error.message : String(error));
    }
  }

  /** As the terminal itself would do it: with keys read one by one it does not. */
  #goAway(): void {
    this.#isAway = true;
    clearTimeout(this.#timer);
    this.#keyboard?.close();
    this.#putInOrder();
    process.kill(0, 'SIGTSTP');
  }

  #comeBack(): void {
    if (this.#isOver) return;
    this.#isAway = !isInForeground();
    if (this.#isAway) return;
    this.#keyboard?.open();
    this.#divert();
    this.#screen.forget();
    this.#soon();
  }

  /** At once, since there may be no later. */
  #putInOrder(): void {
    this.#keyboard?.close();
    this.#giveBack();
    const { output } = this.#options;
    try {
      if (output.fd !== undefined) writeSync(output.fd, RESTORE);
    } catch {
      // it is gone, and needs no order
    }
  }
}

function retryText(count: number): string {
  if (count === 0) return 'nothing has failed so far';
  return count === 1 ? 'one failed task is done once more' : `${count} failed tasks are done once more`;
}
