import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { childrenOf, isRunning } from '../support/processes.js';
import { hasTmux, Tmux, type TmuxOptions } from '../support/tmux.js';

const program = fileURLToPath(new URL('../fixtures/sweep-watched.js', import.meta.url));

describe(`A sweep on a terminal${hasTmux ? '' : ' (skipped: there is no tmux)'}`, () => {
  let folder: string;
  let terminal: Tmux | undefined;

  before(function () {
    if (!hasTmux) this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-view-'));
    mkdirSync(join(folder, 'gates'));
  });
  afterEach(() => {
    terminal?.stop();
    terminal = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the program on a terminal; `sane` is seen afterwards, if that is as it was before. */
  const open = (given: object, { env, ...size }: TmuxOptions): Tmux => {
    const sweep = JSON.stringify({ title: 'study', output: join(folder, 'out'), ...given });
    const stty = (name: string): string => `stty -g > ${folder}/${name}`;
    const run = `seq -f 'above %g' 4; echo $$ > ${folder}/shell; ${stty('before')}; '${process.execPath}' '${program}' '${sweep}'`;
    const after = `echo "code $?"; ${stty('after')}; cmp ${folder}/before ${folder}/after && echo sane`;
    terminal = new Tmux(`${run}; ${after}`, { ...size, env: { ...env, PYW_GATES: join(folder, 'gates') } });
    return terminal;
  };
  const pass = (...xs: readonly (number | string)[]): void => {
    for (const x of xs) writeFileSync(join(folder, 'gates', String(x)), '');
  };
  /** Lines that are too long for the terminal are broken, and then fewer when they are joined. */
  const assertNoneIsBroken = ({ lines, joined }: Tmux): void => {
    const shown = lines.filter((line) => line !== '');
    assert.deepEqual(
      joined.filter((line) => line !== ''),
      shown,
    );
  };
  const barOf = ({ text }: Tmux): { readonly filled: number; readonly width: number } => {
    const bar = /\[(#*)(-*)\]/.exec(text);
    return { filled: bar?.[1]?.length ?? -1, width: (bar?.[1]?.length ?? 0) + (bar?.[2]?.length ?? 0) };
  };

  for (const columns of [60, 80, 200]) {
    it(`counts right on ${columns} columns, shows each worker and failures by what they say, and breaks no line`, async () => {
      const screen = open({ tasks: 20, workers: 4, kind: 'process' }, { columns, rows: 24 });
      await screen.sees(/worker-4 +\d.* +x=\d$/m);
      await screen.sees('0%  0 of 20');
      assert.equal(barOf(screen).filled, 0);
      pass(0, 1, 2, 3, 5);
      await screen.sees('25%  5 of 20');
      await screen.sees('2 done, 3 failed, 4 running');
      await screen.sees(/3 failed \(error\): RangeError: # is odd {2}x=\d {2}x=\d/);
      await screen.sees(/\d(\.\d)?\/(s|min), 0:\d\d gone, \d+:\d\d( to \d+:\d\d)? left/);
      await screen.sees(/worker-\d +0:\d\d +\d+% +\d+ MB +x=\d+/); // CPU and memory are known after a second
      const { filled, width } = barOf(screen);
      assert.equal(filled, Math.floor(width / 4));
      assertNoneIsBroken(screen);
      pass('mended', 'all');
      await screen.sees('over: 17 done, 3 failed');
      await screen.sees('sane');
      assert.match(screen.text, /100% {2}20 of 20/);
      assert.equal(screen.hasCursor, true);
      assertNoneIsBroken(screen);
    });
  }

  it('is drawn anew where it was when the terminal becomes narrower, lower, and wide again in mid-run', async () => {
    const screen = open({ tasks: 40, workers: 12 }, { columns: 200, rows: 34 });
    await screen.sees(/worker-12 +\d.* +x=11$/m);
    const once = (): void => {
      for (const each of ['study', 'worker-1 ', '12 running']) {
        const found = screen.joined.filter((line) => line.startsWith(each) || line.includes(`, ${each}`));
        assert.equal(found.length, 1, screen.joined.join('\n'));
      }
    };
    for (const [columns, rows] of [
      [60, 34],
      [80, 34],
      [61, 34],
      [200, 34],
    ] as const) {
      screen.resize(columns, rows);
      const barWidth = Math.min(60, columns - 17);
      await eventually(() => barOf(screen).width === barWidth).catch(() => assert.fail(screen.text));
      assertNoneIsBroken(screen);
      once();
    }
    screen.resize(60, 12);
    await screen.sees(/… \d+ more: \d+ running/);
    assert.equal(screen.lines.filter((line) => line.includes('12 running')).length, 1);
    assert.ok(screen.lines.every((line) => line.length <= 60));
    pass('mended', 'all');
    await screen.sees('over: 40 done, 0 failed');
    await screen.sees('sane');
  });

  it('takes what tasks say for text: it moves no cursor, clears nothing, and fits', async () => {
    const screen = open(
      { tasks: 3, workers: 1, task: 'wild', title: '\u001b[2Jtitle 漢字\u0007' },
      { columns: 60, rows: 24 },
    );
    await screen.sees('over: 0 done, 3 failed');
    await screen.sees('sane');
    assert.match(screen.text, /^title 漢字$/m);
    assert.match(screen.text, /^3 failed \(error\): wild 漢字 long long .*…$/m);
    assertNoneIsBroken(screen);
  });

  it('keeps what the program itself prints apart, above', async () => {
    const screen = open({ tasks: 3, workers: 1, logs: 'said by a hook' }, { columns: 80, rows: 24 });
    await screen.sees('said by a hook');
    await screen.sees('0 of 3');
    pass('all');
    await screen.sees('over: 2 done, 1 failed');
    assert.equal(screen.lines.filter((line) => line === 'said by a hook').length, 3);
    assert.equal(screen.lines.filter((line) => line.includes('of 3')).length, 1);
  });

  it('has one worker more with +, one less with -, and shows help with h until it is pressed again', async () => {
    const screen = open({ tasks: 8, workers: 2 }, { columns: 80, rows: 24 });
    await screen.sees(/worker-2 +\d.* +x=\d$/m);
    screen.press('+');
    await screen.sees('worker-3 comes');
    await screen.sees(/worker-3 +\d.* +x=2$/m);
    screen.press('-');
    await screen.sees('worker-3 leaves');
    await screen.sees(/worker-3 +\d.* +last one: x=2$/m);
    pass(2);
    await eventually(() => !screen.text.includes('worker-3 ') || screen.text.includes('worker-3 leaves'));
    await screen.sees(/1 done, 2 running/);
    screen.press('-');
    await screen.sees('worker-2 leaves');
    screen.press('-');
    await screen.sees('One worker has to stay. Stop the sweep instead.');
    screen.press('h');
    await screen.sees('r  retry what has failed in this run');
    screen.press('h');
    await screen.sees('s show  h help  q quit');
    pass('all', 'mended');
    await screen.sees('over: 8 done, 0 failed');
    await screen.sees('sane');
  });

  it('does what has failed once more with r, and shows all that there is with s', async () => {
    const screen = open({ tasks: 6, workers: 2 }, { columns: 80, rows: 40 });
    await screen.sees(/worker-2 +\d.* +x=\d$/m);
    pass(0, 1, 2, 3);
    await screen.sees('2 done, 2 failed, 2 running');
    screen.press('s');
    await screen.sees(/^ {2}x=1$/m);
    await screen.sees(/^ {2}x=3$/m);
    pass('mended');
    screen.press('r');
    await screen.sees('2 failed tasks are done once more');
    await screen.sees(/2 done, 2 running, 2 tried again/);
    pass('all');
    await screen.sees('over: 6 done, 0 failed');
    await screen.sees('sane');
  });

  it('finishes what runs with q, and ends it when that is pressed again', async () => {
    const screen = open({ tasks: 8, workers: 2, kind: 'thread' }, { columns: 80, rows: 24 });
    await screen.sees(/worker-2 +\d.* +x=\d$/m);
    screen.press('q');
    await screen.sees('Stopping: what runs is finished');
    await screen.sees('no further task is begun: it was stopped');
    pass(0);
    await screen.sees('1 done, 1 running');
    screen.press('q');
    await screen.sees('Stopping at once');
    await screen.sees('over: 1 done, 0 failed');
    await screen.sees('1 cancelled');
    await screen.sees('sane');
    assert.equal(screen.hasCursor, true);
  });

  it('takes Ctrl-C like q, goes into the background with Ctrl-Z, and comes back', async () => {
    const sweep = JSON.stringify({ title: 'study', output: join(folder, 'out'), tasks: 4, workers: 1 });
    terminal = new Tmux('exec sh -i', { columns: 80, rows: 24, env: { PS1: '$ ', PYW_GATES: join(folder, 'gates') } });
    const screen = terminal;
    await screen.sees('$');
    screen.press(`'${process.execPath}' '${program}' '${sweep}'`, 'Enter');
    await screen.sees(/worker-1 +\d.* +x=0$/m);
    screen.press('C-z');
    await screen.sees(/Stopped|suspended/);
    screen.press('echo $((6*7))', 'Enter');
    await screen.sees(/^42$/m);
    assert.equal(screen.hasCursor, true);
    screen.press('fg', 'Enter');
    await screen.sees(/42(.|\n)*worker-1 +\d.* x=0$/m);
    screen.press('C-c');
    await screen.sees('Stopping: what runs is finished');
    pass('all');
    await screen.sees('over: 1 done, 0 failed');
    screen.press('echo $((6*8))', 'Enter');
    await screen.sees(/^(\$ )?48$/m); // typed before the prompt was there, or after
  });

  it('leaves the terminal as it was when the program throws', async () => {
    const screen = open({ tasks: 4, workers: 1, throws: true }, { columns: 80, rows: 30 });
    await screen.sees(/worker-1 +\d.* +x=0$/m);
    assert.equal(screen.hasCursor, false);
    pass(0);
    await screen.sees('thrown on purpose');
    await screen.sees('sane');
    assert.equal(screen.hasCursor, true);
  });

  it('has colours on a terminal, and none with NO_COLOR', async () => {
    for (const [env, expected] of [
      [{}, true],
      [{ NO_COLOR: '1' }, false],
    ] as const) {
      const screen = open(
        { tasks: 4, workers: 1, output: join(folder, String(expected)) },
        { columns: 80, rows: 24, env },
      );
      await screen.sees(/worker-1 +\d.* +x=0$/m);
      pass(0, 1);
      await screen.sees('1 failed (error)');
      assert.equal(
        screen.coloured.some((line) => line.includes('\u001b[31m')),
        expected,
      );
      pass('all');
      await screen.sees('over: 2 done, 2 failed');
      screen.stop();
      terminal = undefined;
      rmSync(join(folder, 'gates'), { recursive: true });
      mkdirSync(join(folder, 'gates'));
    }
  });

  it('is told in plain lines on a dumb terminal and in CI, and keys are left alone', async () => {
    for (const env of [{ TERM: 'dumb' }, { CI: 'true' }]) {
      const name = Object.keys(env).join('');
      const set = Object.entries(env)
        .map(([key, value]) => `export ${key}=${value}`)
        .join('; ');
      const sweep = JSON.stringify({ output: join(folder, name), tasks: 4, workers: 1 });
      const screen = new Tmux(`${set}; '${process.execPath}' '${program}' '${sweep}'`, {
        columns: 80,
        rows: 24,
        env: { PYW_GATES: join(folder, 'gates') },
      });
      terminal = screen;
      await screen.sees(/^0 of 4 done, \d running; 0\/min, 0:0\d gone$/m);
      assert.equal(screen.hasCursor, true);
      screen.press('q');
      pass('all');
      await screen.sees('over: 2 done, 2 failed');
      assert.match(
        screen.text,
        /^q?FAILED x=1 \(error\): RangeError: 1 is odd\n(.*\n)*FAILED x=3 \(error\): RangeError: 3 is odd$/m,
      );
      assert.match(screen.text, /^2 of 4 done, 0 running, 2 failed; /m);
      screen.stop();
      terminal = undefined;
      rmSync(join(folder, 'gates', 'all'));
    }
  });

  it('goes on while the terminal takes nothing: a connection that hangs holds no sweep up', async function () {
    if (spawnSync('script', ['--version']).status !== 0) this.skip();
    const output = join(folder, 'out');
    const given = { output, tasks: 300, workers: 1, task: 'brief', logs: 'long '.repeat(100) };
    const child = spawn(
      'script',
      ['-qfc', `'${process.execPath}' '${program}' '${JSON.stringify(given)}'`, '/dev/null'],
      {
        stdio: ['ignore', 'pipe', 'ignore'], // nobody reads the pipe: soon it is full, and then the terminal is
        env: { ...process.env, CI: '', TERM: 'xterm' },
      },
    );
    try {
      await eventually(() => existsSync(join(output, 'x=299', 'status.json')), 25_000);
    } finally {
      const all = treeOf(child.pid ?? 0);
      child.stdout.destroy();
      child.kill('SIGKILL');
      await eventually(() => !all.some(isRunning), 5000);
    }
  });

  it('leaves nothing running when its terminal is closed', async () => {
    const screen = open({ tasks: 4, workers: 2, kind: 'process' }, { columns: 80, rows: 24 });
    await screen.sees(/worker-2 +\d.* +x=\d$/m);
    const all = treeOf(Number(readFileSync(join(folder, 'shell'), 'utf8')));
    assert.ok(all.length >= 4, `${all.length} processes`); // the shell, the program, its workers
    screen.stop();
    terminal = undefined;
    await eventually(() => !all.some(isRunning), 15_000);
  });
});

function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}
