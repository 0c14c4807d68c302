// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classify } from '#internal/task/command/classify.js';
import { logsOf, openLog } from '#internal/task/command/command-log.js';
import { lastLines } from '#internal/task/command/log-tail.js';
import { plainWords } from '#internal/task/command/plain-words.js';
import type { RunOptions } from '#internal/task/command/run-command.js';
import { type CommandsEnd, runCommands } from '#internal/task/command/run-commands.js';
import type { CommandRecord } from '#internal/task/record.js';
import type { Params } from '#internal/task/value.js';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';
import { Scratch } from '../support/scratch.js';

describe('The commands of a task', () => {
  const scratch = new Scratch({});
  let folder = '';
  let count = 0;
  beforeEach(() => {
    folder = join(scratch.path, `task-${count++}`);
    mkdirSync(folder);
  });
  after(() => scratch.remove());

  const run = (lines: string | Record<string, string>, options: Partial<RunOptions> = {}): Promise<CommandsEnd> => {
    const named = typeof lines === 'string' ? { run: lines } : lines;
    const commands = Object.entries(named).map(([name, line]) => ({ name, line }));
    return runCommands(commands, { folder, cwd: folder, ...options });
  };
  const logOf = (record: CommandRecord | undefined): string => readFileSync(join(folder, record?.log ?? ''), 'utf8');
  const pidIn = (file: string): number => Number(readFileSync(join(folder, file), 'utf8'));

  it('run one after another, each with a log of its own that has all output of all its parts', async () => {
    const end = await run(
      { first: 'echo a && echo b >&2; (echo c)', second: 'echo "$X" | cat; echo $X' },
      { env: { X: 'gpu 1' } },
    );
    assert.equal(end.status, 'done');
    assert.deepEqual(end.commands.map(({ name, status, exitCode }) => [name, status, exitCode]), [
      ['first', 'done', 0],
      ['second', 'done', 0],
    ]); // biome-ignore format: a table
    assert.equal(logOf(end.commands[0]), 'a\nb\nc\n');
    assert.equal(logOf(end.commands[1]), 'gpu 1\ngpu 1\n');
    assert.match(end.commands[0]?.log ?? '', /^log\.first\.\d{8}T\d{6}\.\d{3}Z$/);
    assert.ok((end.commands[0]?.ms ?? -1) >= 0);
  });

  it('are skipped after the first that fails, whose exit code and last lines are told', async () => {
    const end = await run({ a: 'true', b: 'echo cause >&2; exit 7', c: 'touch never', d: 'true' });
    assert.deepEqual([end.status, end.class], ['failed', 'exit']);
    assert.deepEqual(end.commands.map(({ status }) => status), ['done', 'failed', 'skipped', 'skipped']); // biome-ignore format: one line
    assert.equal(end.commands[1]?.exitCode, 7);
    assert.match(end.error?.message ?? '', /"b" ended with exit code 7.*\ncause/s);
    assert.ok(!readdirSync(folder).includes('never'));
  });

  it('fail if any part of a pipeline fails', async () => {
    assert.equal((await run('false | cat')).status, 'failed');
    assert.equal((await run('set +o pipefail; false | cat')).status, 'done');
  });

  it('never write into a log that is there', async () => {
    const now = new Date(0);
    const logs = [1, 2, 3].map(() => openLog(folder, 'a', now));
    for (const { descriptor } of logs) (await import('node:fs')).closeSync(descriptor);
    assert.equal(new Set(logs.map(({ name }) => name)).size, 3);
    assert.deepEqual(
      logsOf(folder, 'a'),
      logs.map(({ name }) => name),
    );
    await Promise.all([run('true'), run('true'), run('true')]);
    assert.equal(logsOf(folder, 'run').length, 3);
  });

  it('read nothing from stdin', async () => {
    const end = await run('cat; wc -c');
    assert.equal(logOf(end.commands[0]).trim(), '0');
  });

  it('tell signals, programs that are not there, and those that may not run', async () => {
    assert.deepEqual(await run('kill -TERM $$').then(({ class: kind, commands }) => [kind, commands[0]?.signal]), [
      'exit',
      'SIGTERM',
    ]);
    assert.match((await run('no-such-program --x')).error?.message ?? '', /127 \(not found\).*no-such-program/s);
    writeFileSync(join(folder, 'data'), '');
    assert.match((await run('./data')).error?.message ?? '', /126 \(found, but it cannot be run\)/);
    assert.match((await run('kill -KILL $$')).error?.message ?? '', /SIGKILL; who did it is not known/);
  });

  it('tell a GPU whose memory was not enough', async () => {
    const end = await run('echo "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB"; exit 1');
    assert.equal(end.class, 'cuda-oom');
    assert.equal((await run('echo CUDA out of memory')).status, 'done');
  });

  it('tell a machine whose memory was not enough, if the kernel says so', () => {
    const logPath = join(folder, 'log');
    writeFileSync(logPath, 'x');
    const classOf = (exitCode: number | null, signal: string | null, hasKilled: boolean): string | undefined =>
      classify({ name: 'a', exitCode, signal, logPath, sawOomKill: () => hasKilled })?.class;
    assert.equal(classOf(null, 'SIGKILL', true), 'oom');
    assert.equal(classOf(137, null, true), 'oom');
    assert.equal(classOf(null, 'SIGKILL', false), 'exit');
    assert.equal(classOf(1, null, true), 'exit');
    assert.equal(classOf(0, null, true), undefined);
  });

  it('have the environment of this process, with what is put on top or taken away', async () => {
    process.env.PYW_TEST_KEPT = 'kept';
    process.env.PYW_TEST_AWAY = 'away';
    const end = await run('echo ${PYW_TEST_KEPT-no} ${PYW_TEST_AWAY-no} ${PYW_TEST_NEW-no} | cat', {
      env: { PYW_TEST_AWAY: undefined, PYW_TEST_NEW: 'new' },
    });
    delete process.env.PYW_TEST_KEPT;
    delete process.env.PYW_TEST_AWAY;
    assert.equal(logOf(end.commands[0]), 'kept no new\n');
  });

  it('tell clearly what keeps a command from being started', async () => {
    const message = async (line: string, options: Partial<RunOptions> = {}): Promise<string> => {
      const end = await run(line, options);
      assert.deepEqual([end.status, end.class, end.commands[0]?.status], ['failed', 'error', 'failed']);
      return end.error?.message ?? '';
    };
    assert.match(await message('true', { cwd: join(folder, 'gone') }), /There is no folder .*gone to run in/);
    assert.match(
      await message(`echo ${'x'.repeat(200_000)}; true`),
      /E2BIG.*200011 bytes.*Write long values to a file/,
    );
    assert.match(await message('true', { folder: join(folder, 'gone') }), /ENOENT.*gone/);
  });

  it('refuse names that cannot be a part of a file name', async () => {
    for (const name of ['', 'a/b', '..', '.x', 'a b'])
      await assert.rejects(run({ [name]: 'true' }), /no name for a command/);
  });

  it('are ended with all their processes, also those with a session of their own and those that ignore SIGTERM', async () => {
    const aborting = new AbortController();
    const line = [
      `trap '' TERM`,
      `setsid bash -c 'trap "" TERM; echo $$ > a; while :; do sleep 1; done' &`,
      `bash -c 'setsid -f bash -c "trap \\"\\" TERM; echo \\$\\$ > b; while :; do sleep 1; done"'`,
      `(sleep 60 & echo $! > c; wait) & wait; while :; do sleep 1; done`,
    ].join('\n'); // biome-ignore format: lines
    const running = run({ a: line, next: 'true' }, { signal: aborting.signal, graceMs: 200 });
    await eventually(() => ['a', 'b', 'c'].every((file) => readdirSync(folder).includes(file) && pidIn(file) > 0));
    aborting.abort();
    const end = await running;
    assert.equal(end.status, 'cancelled');
    assert.deepEqual(end.commands.map(({ status, signal }) => [status, signal]), [['failed', 'SIGKILL'], ['skipped', undefined]]); // biome-ignore format: one line
    assert.deepEqual(
      ['a', 'b', 'c'].filter((file) => isRunning(pidIn(file))),
      [],
    );
  });

  it('may clean up when they are ended', async () => {
    const aborting = new AbortController();
    const line = `trap 'echo ended; exit 3' TERM; touch ready; while :; do sleep 0.02; done`;
    const running = run(line, { signal: aborting.signal });
    await eventually(() => readdirSync(folder).includes('ready'));
    aborting.abort();
    const end = await running;
    assert.deepEqual([end.status, end.commands[0]?.exitCode], ['cancelled', 3]);
    assert.match(logOf(end.commands[0]), /^ended$/m);
  });

  it('are not begun when the signal has been given before', async () => {
    const end = await run('touch never', { signal: AbortSignal.abort() });
    assert.deepEqual([end.status, end.commands[0]?.status, readdirSync(folder)], ['cancelled', 'skipped', []]);
  });

  it('leave nobody behind: what outlives its command is ended', async () => {
    const line = `sleep 60 & echo $! > a; setsid -f bash -c 'echo $$ > b; exec sleep 60'; while [ ! -s b ]; do sleep 0.01; done; echo end`;
    const end = await run(line);
    assert.equal(end.status, 'done');
    assert.deepEqual(
      ['a', 'b'].filter((file) => isRunning(pidIn(file))),
      [],
    );
  });

  it('leave somebody behind who was told to stay', async () => {
    const line = `setsid -f env -u PYW_COMMAND bash -c 'echo $$ > a; exec sleep 60'; while [ ! -s a ]; do sleep 0.01; done`;
    await run(line);
    const pid = pidIn('a');
    assert.ok(isRunning(pid));
    process.kill(pid, 'SIGKILL');
  });

  it('may end their output a little after themselves', async () => {
    const end = await run('echo late > >(sleep 0.1; cat)');
    assert.equal(logOf(end.commands[0]), 'late\n');
  });

  it('write a million lines without cost to this process', async () => {
    const before = process.memoryUsage.rss();
    let peak = 0;
    let bytes = 0;
    const looking = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
    const end = await run('seq 1000000 >&2', { onOutput: (some) => (bytes += some.length) });
    clearInterval(looking);
    assert.equal(end.status, 'done');
    assert.equal(bytes, 6_888_896);
    assert.equal(readFileSync(join(folder, end.commands[0]?.log ?? '')).length, 6_888_896);
    assert.ok(peak - before < 50 * 2 ** 20, `${(peak - before) / 2 ** 20} MB`);
  });

  it('run without a shell where there is nothing for one to read', async () => {
    const plain = (line: string): readonly string[] | undefined => plainWords(line, process.env, folder)?.words;
    assert.deepEqual(plain(`ls -l --x=1 'a  b' "c d"e ''`), ['ls', '-l', '--x=1', 'a  b', 'c de', '']);
    const lines =
      'cd /|echo a|A=b ls|ls *|ls $X|ls "$X"|ls a;ls|ls ~|ls {a,b}|ls #|ls >a|no-such-program|ls !|ls \\a|ls [a]|if|/usr';
    for (const line of lines.split('|')) assert.equal(plain(line), undefined, line);
    assert.equal(plainWords('ls', { ...process.env, BASH_ENV: 'x' }, folder), undefined);
    const end = await run(`/usr/bin/env printf '%s.' a 'b  c' "d"`);
    assert.equal(logOf(end.commands[0]), 'a.b  c.d.');
  });

  it('have a tail that can be read, whatever the size of the log', () => {
    const path = join(folder, 'log');
    writeFileSync(path, `${`${'x'.repeat(100)}\n`.repeat(10_000)}a\n 10%\r 20%\nlast\n\n`);
    assert.deepEqual(lastLines(path, 3), [' 10%', ' 20%', 'last']);
    writeFileSync(path, '');
    assert.deepEqual(lastLines(path, 3), []);
  });

  describe('give metrics', () => {
    const resultOf = async (line: string, options: Partial<RunOptions> = {}): Promise<Params | undefined> => {
      const end = await run(line, options);
      assert.equal(end.status, 'done', end.error?.message);
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('.')),
        [],
      );
      return end.result;
    };

    it('by the file $PYW_RESULT, else the last ::result line, else patterns and JSON lines', async () => {
      const sources = { metrics: { loss: 'loss=(\\S+)', acc: 'acc: (?:(\\d+)%|none)' }, jsonLines: true };
      const line = `echo loss=0.5 loss=0.25; echo 'acc: 90%'; echo '{"step":1,"lr":0.1}'; echo '{"step":2}'; echo '{no'`;
      assert.deepEqual(await resultOf(line, sources), { step: 2, lr: 0.1, loss: 0.25, acc: 90 });
      const said = `${line}; echo '::result {"a":1}'; printf '50%%|##  ::result {"a":[2,"ü"],"b":{"c":null}}\\nend'`;
      assert.deepEqual(await resultOf(said, sources), { a: [2, 'ü'], b: { c: null } });
      assert.deepEqual(await resultOf(`${said}; echo '{"f":true}' > "$PYW_RESULT"`, sources), { f: true });
      assert.equal(await resultOf('echo nothing; : > $PYW_RESULT'), undefined);
    });

    it('of all commands together', async () => {
      const end = await run({ a: `echo '::result {"x":1,"y":1}'`, b: `echo '::result {"y":2}'` });
      assert.deepEqual(end.result, { x: 1, y: 2 });
    });

    it('with null for the numbers that JSON does not have', async () => {
      const said = `echo '::result {"a":NaN,"b":-Infinity,"c":"NaN","d":[Infinity,1e999],"e":-0}'`;
      assert.deepEqual(await resultOf(said), { a: null, b: null, c: 'NaN', d: [null, null], e: 0 });
      assert.deepEqual(await resultOf('echo x=nan', { metrics: { x: 'x=(\\w+)' } }), { x: null });
    });

    it('or fail clearly, if a result cannot be read', async () => {
      for (const [line, why] of [
        [`echo '::result {a:1}'`, /::result line is no JSON .*\{a:1\}/],
        [`echo '::result [1]'`, /is an array; a result is an object/],
        [`echo 5 > $PYW_RESULT`, /\$PYW_RESULT is a number/],
        [`mkdir $PYW_RESULT`, /is no file/],
      ] as const) {
        const end = await run(line);
        assert.deepEqual([end.status, end.class], ['failed', 'error']);
        assert.match(end.error?.message ?? '', why);
      }
      await assert.rejects(run('true', { metrics: { x: '(' } }), /metric "x" is no regular expression/);
    });

    it('found by a pattern anywhere in a large log, with lines of any length', async () => {
      const line = `echo first=1; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo loss=2; seq 400000`;
      const metrics = { first: 'first=(.*)', loss: 'loss=(.*)', none: 'none' };
      assert.deepEqual(await resultOf(line, { metrics }), { first: 1, loss: 2 });
      const bar = `printf 'first=3\\r'; head -c 3000000 /dev/zero | tr '\\0' '\\r'; printf loss=4`;
      assert.deepEqual(await resultOf(bar, { metrics }), { first: 3, loss: 4 });
    });

    it('while they run, in ::progress lines', async () => {
      const seen: Params[] = [];
      const line = `echo '::progress {"step":1}'; while [ ! -e go ]; do sleep 0.02; done; echo '::progress nonsense'; printf '::progress {"step":2,"loss":NaN}'`;
      const running = run(line, { onProgress: (record) => seen.push(record) });
      await eventually(() => seen.length === 1);
      writeFileSync(join(folder, 'go'), '');
      assert.equal((await running).status, 'done');
      assert.deepEqual(seen, [{ step: 1 }, { step: 2, loss: null }]);
    });
  });
});
