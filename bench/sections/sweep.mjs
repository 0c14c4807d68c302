import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sweep } from 'pyworkers/sweep';
import { ms, row, takeTurns, timed, times } from '../measure.mjs';
import { noop } from '../tasks.mjs';

const TASKS = 10_000;
const COMMANDS = 1000;
const MILLION = 1_000_000;
const build = fileURLToPath(new URL('../../build', import.meta.url));
mkdirSync(build, { recursive: true });
const folder = mkdtempSync(join(build, 'bench-'));
let outputs = 0;

const run = (spec) => async () => {
  const output = join(folder, `${++outputs}`);
  // What is made stays until the end: ext4 is slow at making files where many were removed a moment ago.
  return timed(() => sweep({ output, workers: { count: 2 }, ...spec }));
};
const upTo = (last) => ({ i: { from: 0, to: last - 1, step: 1 } });

const functions = await takeTurns(3, {
  processes: run({ task: noop, variables: upTo(TASKS) }),
  threads: run({ task: noop, variables: upTo(TASKS), workers: { count: 2, kind: 'thread' } }),
});

const inputs = Array.from({ length: COMMANDS }, (_, i) => i).join('\n');
const fed = (program, args) => async () =>
  timed(async () => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(inputs);
    await once(child, 'close');
  });
const hasParallel = spawnSync('parallel', ['--version']).status === 0;
const commands = await takeTurns(3, {
  ours: run({ commands: 'true {i}', variables: upTo(COMMANDS) }),
  xargs: fed('xargs', ['-P2', '-n1', 'true']),
  ...(hasParallel && { parallel: fed('parallel', ['-j2', '--will-cite', 'true']) }),
});

/** In a process of its own, so that the memory is its own. */
async function alone(source, ...args) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: new URL('..', import.meta.url),
  });
  let said = '';
  for await (const chunk of child.stdout) said += chunk;
  return JSON.parse(said);
}

const planning = `
  import { Sweep } from 'pyworkers/sweep';
  const startedAt = performance.now();
  const of = (count) => Array.from({ length: count }, (_, i) => i);
  const { plan } = new Sweep({
    variables: { a: of(100), b: of(100), c: of(100) },
    constraints: process.argv[1] === 'rules' ? ['a + b >= 0'] : [],
    commands: 'true {a} {b} {c}',
  });
  for (let i = 0; i < plan.size; i++) plan.id(i);
  console.log(JSON.stringify({ ms: performance.now() - startedAt, mb: process.memoryUsage.rss() / 2 ** 20, size: plan.size }));
`;
const plain = await alone(planning, 'plain');
const ruled = await alone(planning, 'rules');

const resumed = await alone(
  `
  import { Ledger } from '#internal/sweep/ledger/ledger.js';
  const startedAt = performance.now();
  const { records } = Ledger.peek(process.argv[1]);
  console.log(JSON.stringify({ ms: performance.now() - startedAt, mb: process.memoryUsage.rss() / 2 ** 20, done: records.counts.done }));
`,
  writeLedger(join(folder, 'ledger')),
);
rmSync(folder, { recursive: true });

/** The journal of a sweep with a million tasks, as it would be after all of them. */
function writeLedger(output) {
  const journals = join(output, '.pyw', 'journal');
  mkdirSync(journals, { recursive: true });
  const parts = [];
  for (let i = 0; i < MILLION; i++) {
    const id = i.toString(16).padStart(24, '0');
    parts.push(lineOf('start', id, '', { folder: `i=${i}`, worker: 'worker-1', gpus: [], host: 'here', startedAt: i }));
    const end = { result: { y: i }, startedAt: i, endedAt: i + 1, worker: 'worker-1', host: 'here', gpus: [] };
    parts.push(lineOf('end', id, '"st":"done",', end));
  }
  writeFileSync(join(journals, '20260101T000000000-here-1-000000.jsonl'), parts.join(''));
  return output;
}

function lineOf(kind, id, status, rest) {
  const body = JSON.stringify(rest).slice(1);
  return `{"e":"${kind}","id":"${id}",${status}"n":1,"b":${Buffer.byteLength(body)},${body}\n`;
}

const rate = (taken) => (TASKS / taken) * 1000;
const perSecond = (value) => `${Math.round(value)} tasks/s`;
const size = ({ ms: taken, mb }) => `${ms(taken)}, ${mb.toFixed(0)} MB`;
const against = (name, taken) =>
  taken === undefined
    ? row(`1,000 commands \`true\`, 2 at once, beside ${name}`, ms(commands.ours), 'not installed', '1.5x', false)
    : row(
        `1,000 commands \`true\`, 2 at once, beside ${name}`,
        `${ms(commands.ours)} = ${times(commands.ours / taken)}`,
        ms(taken),
        '1.5x',
        commands.ours <= 1.5 * taken,
      );

export default [
  row(
    '10,000 no-op functions, 2 processes, full ledger',
    perSecond(rate(functions.processes)),
    'threadward: 9 tasks/s',
    '5000 tasks/s',
    rate(functions.processes) >= 5000,
  ),
  row('the same, 2 threads', perSecond(rate(functions.threads)), '', '5000 tasks/s', rate(functions.threads) >= 5000),
  against('xargs -P2', commands.xargs),
  against('GNU parallel', commands.parallel),
  row('1,000,000 points planned, all ids', size(plain), '', '2 s, 300 MB', plain.ms < 2000 && plain.mb < 300),
  row('the same with a constraint', size(ruled), '', '2 s, 300 MB', ruled.ms < 2000 && ruled.mb < 300),
  row('ledger of 1,000,000 tasks read', size(resumed), '', '5 s', resumed.ms < 5000 && resumed.done === MILLION),
];
