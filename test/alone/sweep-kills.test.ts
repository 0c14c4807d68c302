import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Random, seedOf } from '../support/random.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-driver.js', import.meta.url));
const TASKS = 300;
const isShort = process.env.PYW_TEST_ROUTES === 'plain'; // on a second version of Node

interface Line {
  readonly e: 'start' | 'end';
  readonly id: string;
  readonly st?: string;
}

describe('A sweep whose driver is killed again and again', function () {
  this.timeout(600_000);

  for (const [kind, kills, ms] of [
    ['thread', isShort ? 40 : 200, isShort ? 80 : 250],
    ['process', isShort ? 2 : 5, 20],
  ] as const) {
    it(`comes to its end with ${kind} workers: each task succeeds once, and is not begun again after that`, async () => {
      const output = mkdtempSync(join(tmpdir(), 'pyw-kills-'));
      const seed = seedOf();
      process.stderr.write(`\n  Kills with seed ${seed}\n`);
      const random = new Random(seed);
      try {
        let tooLate = 0;
        for (let kill = 0; kill < kills; kill++) {
          const child = start(output, kind, ms);
          const isOver = once(child, 'exit').then(() => true);
          if (await Promise.race([isOver, sleep(80 + random.fraction() * 300, false)])) tooLate += 1;
          else child.kill('SIGKILL');
          await isOver;
        }
        assert.ok(tooLate <= kills / 10, `${tooLate} of ${kills} drivers had ended before they were killed`);
        const last = start(output, kind, ms);
        const text = await new Response(last.stdout as never).text();
        assert.deepEqual(JSON.parse(text), { done: TASKS, sum: (3 * TASKS * (TASKS - 1)) / 2 });
        checkJournals(output);
      } finally {
        rmSync(output, { recursive: true, force: true });
      }
    });
  }
});

function start(output: string, kind: string, ms: number): ChildProcess {
  return spawn(process.execPath, [driver, output, kind, String(ms)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Journals are named by the time their drivers began, and no two of these drivers were at work at one time. */
function checkJournals(output: string): void {
  const folder = join(output, '.pyw', 'journal');
  if (!existsSync(folder)) throw new Error(`there is no journal in ${output}`);
  const done = new Set<string>();
  for (const name of readdirSync(folder).sort()) {
    for (const text of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const line = parsed(text);
      if (line?.e === 'start') assert.ok(!done.has(line.id), `${line.id} was begun again in ${name} after its success`);
      if (line?.e !== 'end' || line.st !== 'done') continue;
      assert.ok(!done.has(line.id), `${line.id} has two successes`);
      done.add(line.id);
    }
  }
  assert.equal(done.size, TASKS);
}

function parsed(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined; // torn by a kill
  }
}
