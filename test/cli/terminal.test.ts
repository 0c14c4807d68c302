import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';
import { type Started, SweepCommand } from '../support/sweep-command.js';
import { hasTmux, Tmux } from '../support/tmux.js';

/** Each task says which process it is and waits until it may go on; the second one fails until that is mended. */
const work =
  'echo $$ > pid.{i}; while [ ! -e go ] && [ ! -e go.{i} ]; do sleep 0.05; done; [ {i} != 2 ] || [ -e mended ] || exit 3';
const given = ['run', '-p', 'i=1..6', '-w', '2', '--', work];

describe(`pyw-sweep on a terminal${hasTmux ? '' : ' (skipped: there is no tmux)'}`, function () {
  this.timeout(60_000); // each of them starts processes
  let command: SweepCommand;
  let terminal: Tmux | undefined;
  let run: Started | undefined;

  before(function () {
    if (!hasTmux) this.skip();
  });
  beforeEach(() => {
    command = new SweepCommand();
  });
  afterEach(async () => {
    terminal?.stop();
    terminal = undefined;
    command.write('go', '');
    await run?.ended;
    run = undefined;
    command.remove();
  });

  /** Runs the command on a terminal; its exit code is seen afterwards, and `sane` if the terminal is as it was before. */
  const open = (words: readonly string[], { columns = 80, rows = 24, isDumb = false } = {}): Tmux => {
    const line = `${isDumb ? 'TERM=dumb ' : ''}${command.line} ${words.map((word) => `'${word}'`).join(' ')}`;
    // The shell outlives a Ctrl-C, which is for what runs in it.
    const program = `trap : INT; cd '${command.path}'; seq -f 'above %g' 4; stty -g > before; ${line}; echo "code $?"`;
    const after = 'stty -g > after; cmp before after && echo sane';
    terminal = new Tmux(`${program}; ${after}`, { columns, rows, env: { CI: '', NO_COLOR: '1' } });
    return terminal;
  };
  const pass = (...names: readonly string[]): void => {
    for (const name of names) command.write(name, '');
  };
  const pidOf = (i: number): number => Number(readFileSync(join(command.path, `pid.${i}`), 'utf8'));
  const isBegun = (i: number): boolean => existsSync(join(command.path, `pid.${i}`)) && pidOf(i) > 0;

  it('takes a worker more and one less, shows everything, helps, and tries again what has failed, by keys', async () => {
    const screen = open(given);
    await screen.sees(/worker-2 +\d.* +i=\d$/m);
    screen.press('+');
    await screen.sees('worker-3 comes');
    await screen.sees('3 running');
    screen.press('h');
    await screen.sees('r  retry what has failed in this run');
    screen.press('h');
    await screen.sees('s show  h help  q quit');
    pass('go.2');
    await screen.sees(/1 failed \(exit\): .*exit code 3/);
    screen.press('s');
    await screen.sees(/^ {2}i=2$/m);
    pass('mended');
    screen.press('r');
    await screen.sees('one failed task is done once more');
    await screen.sees('3 running, 1 tried again');
    screen.press('-');
    await screen.sees('worker-3 leaves');
    pass('go');
    await screen.sees('6 of 6 done in');
    await screen.sees('code 0');
    await screen.sees('sane');
    assert.equal(screen.hasCursor, true);
  });

  it('lets running tasks end after q, and begins no other', async () => {
    const screen = open(given);
    await eventually(() => isBegun(1) && isBegun(2), 15_000);
    await screen.sees('2 running');
    screen.press('q');
    await screen.sees(/^Stopping: no further task is begun; 2 still run\. Ctrl-C again ends them\.$/m);
    assert.ok(isRunning(pidOf(1)) && isRunning(pidOf(2)));
    pass('mended', 'go');
    await screen.sees('2 of 6 done, 4 not run in');
    await screen.sees('Run it again to go on.');
    await screen.sees('code 130');
    await screen.sees('sane');
    screen.stop();
    await open(given).sees('2 done before, 4 new');
    await terminal?.sees('code 0');
  });

  for (const [what, key] of [
    ['q', 'q'],
    ['Ctrl-C', 'C-c'],
  ] as const) {
    it(`ends everything after ${what} twice, and leaves nothing running`, async () => {
      const screen = open(given);
      await eventually(() => isBegun(1) && isBegun(2), 15_000);
      await screen.sees('2 running');
      screen.press(key);
      await screen.sees('Stopping: no further task is begun');
      screen.press(key);
      await screen.sees('Stopping at once.');
      await screen.sees('code 130');
      await screen.sees('sane');
      await eventually(() => !isRunning(pidOf(1)) && !isRunning(pidOf(2)));
    });
  }

  it('calls a sweep by its folder, as one would name it from here', async () => {
    const commands = 'while [ ! -e go ]; do sleep 0.05; done';
    command.write('sweep.yaml', `output: studies/one\nvariables: { i: [1] }\ncommands: '${commands}'\n`);
    const screen = open(['run']);
    await screen.sees(/^studies\/one\n\[/m);
    pass('go');
    await screen.sees('code 0');
  });

  it('stops politely by Ctrl-C on a dumb terminal, too, and draws no picture there', async () => {
    const screen = open(given, { isDumb: true });
    await screen.sees(/0 of 6 done, \d running/);
    await eventually(() => isBegun(1) && isBegun(2), 15_000);
    screen.press('C-c');
    await screen.sees('Stopping: no further task is begun');
    pass('mended', 'go');
    await screen.sees('code 130');
    await screen.sees('sane');
    assert.doesNotMatch(screen.text, /worker-1|s show/);
  });

  describe('watch', () => {
    const begun = async (): Promise<void> => {
      run = command.start(given);
      await eventually(() => isBegun(1) && isBegun(2), 15_000);
    };
    const linesWith = (screen: Tmux, text: string): number => screen.lines.filter((line) => line.includes(text)).length;

    it('shows a sweep at one place, however narrow that becomes, until nobody is at work', async () => {
      await begun();
      const screen = open(['watch'], { columns: 100, rows: 20 });
      await screen.sees('sweep-output: 0 of 6 done, 2 running, 4 not begun');
      await screen.sees(/^Process \d+ on .* is at work, for/m);
      await screen.sees(/^ {2}worker-\d i=1 /m);
      await screen.sees('Ctrl-C ends the watching; the sweep goes on.');
      pass('go.1', 'go.2');
      await screen.sees(/1 of 6 done, 2 running, 1 failed/);
      await screen.sees(/^ {2}exit i=2: .*exit code 3/m);
      assert.equal(linesWith(screen, 'of 6 done'), 1);
      screen.resize(40, 20);
      await screen.sees(/^sweep-output: 1 of 6 done.*…$/m);
      assert.ok(screen.lines.every((line) => line.length <= 40));
      const isOnce = (): boolean =>
        ['of 6 done', 'Process ', 'exit i=2', 'Ctrl-C'].every((each) => linesWith(screen, each) === 1) &&
        screen.lines.filter((line) => line !== '' && !line.startsWith('above')).length === 6;
      await eventually(isOnce).catch(() => assert.fail(screen.text));
      screen.resize(100, 20);
      await screen.sees('1 of 6 done, 2 running, 1 failed');
      await eventually(isOnce).catch(() => assert.fail(screen.text));
      screen.resize(100, 5);
      await screen.sees(/^sweep-output: 1 of 6 done.*\n(.*\n){2}Ctrl-C.*\n*$/);
      pass('go');
      await screen.sees('Nothing is at work there.');
      await screen.sees('code 0');
      await screen.sees('sane');
      assert.equal(linesWith(screen, 'Ctrl-C'), 0);
      assert.equal(screen.hasCursor, true);
    });

    it('ends by Ctrl-C, leaves the terminal as it was, and the sweep at work', async () => {
      await begun();
      const screen = open(['watch']);
      await screen.sees('Ctrl-C ends the watching');
      assert.equal(screen.hasCursor, false);
      screen.press('C-c');
      await screen.sees('code 130');
      await screen.sees('sane');
      assert.equal(screen.hasCursor, true);
      assert.ok(isRunning(run?.child.pid ?? 0) && isRunning(pidOf(1)));
    });

    it('writes a line for each change on a dumb terminal', async () => {
      await begun();
      const screen = open(['watch'], { isDumb: true });
      await screen.sees('0 of 6 done, 2 running, 4 not begun');
      pass('go.1');
      await screen.sees('1 of 6 done, 2 running, 3 not begun');
      pass('mended', 'go');
      await screen.sees('code 0');
      assert.ok(linesWith(screen, 'of 6 done') >= 3);
    });
  });
});
