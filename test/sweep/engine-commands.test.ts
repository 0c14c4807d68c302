import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sweep, type SweepSpec, sweep } from 'pyworkers/sweep';
import { trainAndTest } from '../fixtures/sweep-commands-study.js';
import { eventually } from '../support/eventually.js';
import { isRunning } from '../support/processes.js';
import { sweepFolder } from '../support/sweep-folder.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-commands-driver.js', import.meta.url));

function journalOf(output: string): string {
  const folder = join(output, '.pyw', 'journal');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
}

describe('The commands of a sweep', () => {
  const folder = sweepFolder();
  const study = (more: SweepSpec): SweepSpec => ({
    output: folder.output,
    variables: { x: [1, 2] },
    ...more,
    workers: { count: 1, ...more.workers, env: { NOTES: join(folder.path, 'notes') } },
  });
  const train = 'echo "train {x}" >> $NOTES; echo "loss={x}.5"';
  const test = 'echo "test {x}" >> $NOTES; echo \'::result {"accuracy": 0.{x}}\'';

  it('run in their order in the folder of each task, with a log and a status for each', async () => {
    const results = await sweep(study({ commands: { train, test }, metrics: { loss: 'loss=(\\S+)' } }));
    assert.deepEqual(
      results.rows.map(({ x, loss, accuracy }) => ({ x, loss, accuracy })),
      [
        { x: 1, loss: 1.5, accuracy: 0.1 },
        { x: 2, loss: 2.5, accuracy: 0.2 },
      ],
    );
    assert.deepEqual(folder.lines('notes'), ['train 1', 'test 1', 'train 2', 'test 2']);
    const logs = readdirSync(join(folder.output, 'x=1')).filter((name) => name.startsWith('log.'));
    assert.deepEqual(logs.map((name) => name.split('.')[1]).sort(), ['test', 'train']);
    const status = JSON.parse(readFileSync(join(folder.output, 'x=1', 'status.json'), 'utf8'));
    assert.deepEqual(
      status.commands.map(({ name, status: how, exitCode }: Record<string, unknown>) => [name, how, exitCode]),
      [
        ['train', 'done', 0],
        ['test', 'done', 0],
      ],
    );
  });

  it('tell metrics by lines of JSON, where these are asked for', async () => {
    const commands = `echo 'epoch 1'; echo '{"loss": {x}.5, "epoch": 1}'; echo '{"loss": {x}.25, "note": "last"}'`;
    const spec = study({ commands, metrics: 'json-lines' });
    assert.deepEqual((await sweep(spec)).toRecords(), [
      { x: 1, loss: 1.25, epoch: 1, note: 'last' },
      { x: 2, loss: 2.25, epoch: 1, note: 'last' },
    ]);
    await assert.rejects(sweep({ ...spec, metrics: { loss: 'loss' } }), /metrics.*"json-lines"/);
    assert.throws(() => new Sweep({ ...spec, metrics: 'json' as never }), /"json-lines"/);
  });

  it('are skipped after one that fails, which is what the task has failed of', async () => {
    const results = await sweep(study({ commands: { train: 'exit 3', test } }));
    const [missing] = [...results.missing];
    assert.deepEqual([missing?.class, results.length], ['exit', 0]);
    assert.deepEqual(folder.lines('notes'), []);
  });

  it('are not run again one by one: what was done of a task that failed stays done', async () => {
    const flag = 'test -e $NOTES.ready && echo "test {x}" >> $NOTES';
    const first = await sweep(study({ commands: { train, test: flag } }));
    assert.equal(first.length, 0);
    assert.equal((await sweep(study({ commands: { train, test: flag } }))).length, 0);
    writeFileSync(join(folder.path, 'notes.ready'), '');
    const last = await sweep(study({ commands: { train, test: flag } }));
    assert.equal(last.length, 2);
    assert.deepEqual(folder.lines('notes').sort(), ['test 1', 'test 2', 'train 1', 'train 2']);
  });

  it('that were done are not run again when the one after them was cut off: by a lost worker, by a time limit', async () => {
    const metrics = { loss: 'loss=(\\S+)' };
    for (const [name, cut, more] of [
      ['lost', 'kill -9 $PPID; sleep 1000', {}],
      ['late', 'sleep 1000', { timeoutMs: 3000, graceMs: 300, retries: { timeout: 1 } }],
    ] as const) {
      const atFirst = `test -e {_output}/again || { touch {_output}/again; ${cut}; }`;
      const output = join(folder.path, name);
      const results = await sweep(
        study({
          output,
          variables: { x: [name] },
          commands: { train, cut: atFirst, test: 'echo "test {x}" >> $NOTES' },
          metrics,
          ...more,
        }),
      );
      assert.deepEqual(results.toRecords(), [{ x: name, loss: `${name}.5` }]);
      assert.deepEqual(
        folder.lines('notes').filter((line) => line.endsWith(name)),
        [`train ${name}`, `test ${name}`],
      );
      const status = JSON.parse(readFileSync(join(output, `x=${name}`, 'status.json'), 'utf8'));
      assert.deepEqual(
        [
          status.attempt,
          ...status.commands.map((each: { name: string; status: string }) => `${each.name} ${each.status}`),
        ],
        [2, 'train done', 'cut done', 'test done'],
      );
    }
  });

  it('are ended when their worker is lost', async () => {
    const commands = 'echo $$ > {_output}/shell; kill -9 $PPID; sleep 1000 & echo $! > {_output}/child; wait';
    const results = await sweep(study({ variables: { x: [1] }, commands, retries: 0 }));
    assert.deepEqual(
      [...results.missing].map(({ class: failure }) => failure),
      ['lost'],
    );
    const pids = ['shell', 'child'].map((name) => Number(readFileSync(join(folder.output, 'x=1', name), 'utf8')));
    assert.deepEqual(pids.filter(isRunning), []);
  });

  it('that were done are not run again when the driver was killed, unless all is to be overwritten', async () => {
    for (const [existing, notes] of [
      ['skip', ['train', 'test', 'test']],
      ['overwrite', ['train', 'test', 'train', 'test']],
    ] as const) {
      const at = join(folder.path, existing);
      mkdirSync(at);
      const child = spawn(process.execPath, [driver, at], { stdio: 'inherit' });
      await eventually(() => folder.lines(join(existing, 'notes')).includes('test'), 30_000);
      await eventually(() => journalOf(join(at, 'out')).includes('{"e":"part"'), 10_000);
      child.kill('SIGKILL');
      await once(child, 'exit');
      writeFileSync(join(at, 'go'), '');
      const results = await sweep({ ...trainAndTest(at), existing });
      assert.deepEqual(results.toRecords(), [{ x: 1, loss: 0.1 }]);
      assert.deepEqual(folder.lines(join(existing, 'notes')), notes);
    }
  }).timeout(90_000);

  it('that are added later run alone, and what was done before belongs to the task all the same', async () => {
    const metrics = { loss: 'loss=(\\S+)' };
    await sweep(study({ commands: { train }, metrics }));
    const both = await sweep(study({ commands: { train, test }, metrics }));
    assert.deepEqual(folder.lines('notes'), ['train 1', 'train 2', 'test 1', 'test 2']);
    assert.deepEqual(
      both.rows.map(({ loss, accuracy }) => [loss, accuracy]),
      [
        [1.5, 0.1],
        [2.5, 0.2],
      ],
    );
    await sweep(study({ commands: { train, test }, metrics }));
    await sweep(study({ commands: { train }, metrics }));
    assert.equal(folder.lines('notes').length, 4);
  });

  it('are selected by name, one after the other if one likes', async () => {
    const commands = { train, test };
    await sweep(study({ commands, only: 'train' }));
    assert.deepEqual(folder.lines('notes'), ['train 1', 'train 2']);
    await sweep(study({ commands, only: 'test' }));
    await sweep(study({ commands }));
    assert.deepEqual(folder.lines('notes'), ['train 1', 'train 2', 'test 1', 'test 2']);
  });

  it('that are added later and fail make the task a failure, without undoing what was done', async () => {
    await sweep(study({ commands: { train } }));
    const failed = await sweep(study({ commands: { train, test: 'exit 1' } }));
    assert.deepEqual(
      [...failed.missing].map((each) => each.class),
      ['exit', 'exit'],
    );
    await assert.rejects(sweep(study({ commands: { train, test: 'exit 2' } })), /commands.test/);
    const mended = await sweep(study({ commands: { train, test: 'true' }, changed: 'accept' }));
    assert.equal(mended.length, 2);
    assert.deepEqual(folder.lines('notes'), ['train 1', 'train 2']);
  });

  it('find what was done before in the folder that a task had then, whatever it would be called now', async () => {
    const save = `${train}; echo {x} > {_output}/model`;
    const labelled = { x: { values: [1, 2], labels: ['one', 'two'] } };
    await sweep(study({ commands: { save } }));
    const hasModel = (_: unknown, dir: string): boolean => existsSync(join(dir, 'model'));
    await sweep(study({ commands: { save }, variables: labelled, verify: hasModel, folders: 'flat' }));
    assert.equal(folder.lines('notes').length, 2, 'a verify looks where the task was');
    const failing = await sweep(
      study({ commands: { save, test: 'cat {_output}/model; exit 1' }, variables: labelled }),
    );
    const logs = [...failing.missing].map(({ log }) => readFileSync(join(folder.output, log ?? ''), 'utf8'));
    assert.deepEqual(logs, ['1\n', '2\n']);
    assert.deepEqual(readdirSync(folder.output).sort(), ['.pyw', 'x=1', 'x=2']);
    await sweep(study({ commands: { save }, variables: labelled, existing: 'overwrite' }));
    assert.deepEqual(readdirSync(folder.output).sort(), ['.pyw', 'x=one', 'x=two']);
  });

  it('count as done by the rule that is given, also where they fail, and are not run again then', async () => {
    const commands = { train: 'echo ran >> $NOTES; exit 3', test: 'true' };
    const spec = study({ variables: { x: [1] }, commands });
    const left: Record<string, unknown>[] = [];
    const verify: SweepSpec['verify'] = (_, __, end) => left.push({ ...end?.commands?.[0] }) > 0;
    for (const rule of [{ success: 'always' }, { success: 'verify', verify, existing: 'skip' }] as const) {
      const output = join(folder.path, rule.success);
      for (const _ of [1, 2]) assert.equal((await sweep({ ...spec, ...rule, output })).length, 1, rule.success);
    }
    assert.equal(folder.lines('notes').length, 2);
    assert.deepEqual([left.length, left[0]?.name, left[0]?.exitCode], [1, 'train', 3]);
  });

  it('are refused where one that is recorded was changed', async () => {
    await sweep(study({ commands: { train } }));
    await assert.rejects(sweep(study({ commands: { train: 'echo other' } })), /train[\s\S]*echo other/);
  });

  it('all run again after a verify that did not accept what they left', async () => {
    let isGood = false;
    const spec = study({ variables: { x: [1] }, commands: { train, test }, verify: () => isGood });
    await sweep(spec);
    isGood = true;
    assert.equal((await sweep(spec)).length, 1);
    assert.deepEqual(folder.lines('notes'), ['train 1', 'test 1', 'train 1', 'test 1']);
  });

  it('all run again with existing: overwrite', async () => {
    const spec = study({ variables: { x: [1] }, commands: { train, test } });
    await sweep(spec);
    await sweep({ ...spec, existing: 'overwrite' });
    assert.equal(folder.lines('notes').length, 4);
  });

  it('end with all their children when their time is over', async () => {
    const results = await sweep(
      study({
        variables: { x: [1] },
        commands: 'sleep 1000 & echo $! > {_output}/child; wait',
        timeoutMs: 500,
        graceMs: 300,
      }),
    );
    assert.equal([...results.missing][0]?.class, 'timeout');
    assert.equal(isRunning(Number(readFileSync(join(folder.output, 'x=1', 'child'), 'utf8'))), false);
  });

  it('take hostile values as they are', async () => {
    const values = [
      'a/b',
      '../../x',
      '$(touch pwned)',
      '`touch pwned`',
      `it's "so"`,
      'two\nlines',
      'ünï — 漢字',
      'y'.repeat(400),
    ];
    const results = await sweep(study({ variables: { v: values }, commands: 'cd {_output} && printf %s {v} > got' }));
    assert.equal(results.length, values.length);
    const folders = readdirSync(folder.output).filter((name) => name !== '.pyw');
    const got = folders.map((name) => readFileSync(join(folder.output, name, 'got'), 'utf8'));
    assert.deepEqual(got.sort(), [...values].sort());
    assert.equal(
      folders.some((name) => existsSync(join(folder.output, name, 'pwned'))),
      false,
    );
    assert.deepEqual(readdirSync(folder.path).sort(), ['out']);
  });
});
