import { checkOptions, isBoolean, isFunction, isRecord } from '../../base/checks.js';
import type { Sweep } from '../sweep.js';
import { tellInJson } from './json-lines.js';
import { type InputStream, isInForeground } from './keyboard.js';
import { LiveView } from './live-view.js';
import { droppedLines, Outlet, type OutputStream } from './outlet.js';
import { type PlainState, tellInLines } from './plain-lines.js';
import { Stopper } from './stopper.js';

export interface WatchOptions {
  /** Where it is told. Default `process.stderr`. */
  readonly output?: OutputStream;
  /** Where keys come from, if that is a terminal. Default `process.stdin`; `false`: no keys. */
  readonly input?: InputStream | false;
  /** One JSON object a line for each event, instead of what is meant to be read. */
  readonly json?: boolean;
  /** 0: nothing; 1 (default), 2 and 3 as `verbose` of a sweep. */
  readonly verbose?: 0 | 1 | 2 | 3;
  /** `q` and Ctrl-C. Default: stops the sweep, politely first and at once when asked again. */
  onQuit?(): void;
}

/** Somebody looks on. */
export interface Watch extends AsyncDisposable {
  /** A line among the others. */
  say(text: string): void;
}

/**
 * Shows a sweep while it runs: on a terminal as a picture that is drawn again and again and takes keys; elsewhere (also
 * on a dumb terminal, in CI, in the background, and where tasks print to the terminal themselves) in plain lines.
 * Disposed of, it has told how it ended, and the terminal is as it was before. Of the sweep, leave `verbose` out, or run
 * it with `quiet`.
 */
export function watchSweep(sweep: Sweep, options: WatchOptions = {}): Watch {
  checkOptions(options, checks);
  const { output = process.stderr, input = process.stdin, json = false, verbose = 1 } = options;
  if (json) return inJson(sweep, output);
  if (verbose === 0) return { say() {}, [Symbol.asyncDispose]: async () => {} };
  if (!isLive(sweep, output)) return inLines(sweep, output, verbose);
  const stopper = new Stopper(sweep, (text) => view.say(text));
  const view = new LiveView(sweep, {
    output,
    input: input !== false && input.isTTY ? input : undefined,
    onQuit: () => (options.onQuit ? options.onQuit() : stopper.stop()),
  });
  return view;
}

const isStream = (value: unknown): string | undefined =>
  value === false || (isRecord(value) && typeof value.on === 'function') ? undefined : 'a stream';

const checks = {
  output: isStream,
  input: isStream,
  json: isBoolean,
  verbose: (value: unknown) => ([0, 1, 2, 3].includes(value as number) ? undefined : '0, 1, 2 or 3'),
  onQuit: isFunction,
};

function isLive({ spec }: Sweep, output: OutputStream): boolean {
  const { TERM, CI } = process.env;
  const isInCi = CI !== undefined && !['', '0', 'false'].includes(CI);
  const tasksPrint = spec.print === 'console' || spec.print === 'both';
  return output.isTTY === true && TERM !== 'dumb' && !isInCi && !tasksPrint && isInForeground();
}

function inLines(sweep: Sweep, output: OutputStream, verbose: 1 | 2 | 3): Watch {
  const outlet = new Outlet(output);
  const write = (line: string): void => outlet.writeLine(line, droppedLines);
  const end = tellInLines(sweep, { verbose, now: () => stateOf(sweep), write });
  return { say: write, [Symbol.asyncDispose]: () => ended(end, outlet) };
}

function inJson(sweep: Sweep, output: OutputStream): Watch {
  const outlet = new Outlet(output);
  const write = (line: string): void => {
    outlet.writeLine(line, (count) => JSON.stringify({ t: Date.now(), event: 'dropped', lines: count }));
  };
  const { title = '', output: folder } = sweep.spec;
  const end = tellInJson(sweep, { title, output: folder, now: () => stateOf(sweep), write });
  const say = (text: string): void => write(JSON.stringify({ t: Date.now(), event: 'note', text }));
  return { say, [Symbol.asyncDispose]: () => ended(end, outlet) };
}

async function ended(end: () => void, outlet: Outlet): Promise<void> {
  end();
  await outlet.end();
}

function stateOf({ counters, remaining, workers }: Sweep): PlainState {
  return { counters, remaining, workers };
}
