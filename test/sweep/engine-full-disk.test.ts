import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sweepFolder } from '../support/sweep-folder.js';

const driver = fileURLToPath(new URL('../fixtures/sweep-full-disk-driver.js', import.meta.url));
const tasks = Array.from({ length: 40 }, (_, i) => i);

describe('A sweep on a disk that gets full', () => {
  const folder = sweepFolder();

  it('ends with an error that says so, loses nothing, and goes on where it was when there is room', async function () {
    this.timeout(90_000);
    const disk = join(folder.path, 'disk');
    mkdirSync(disk);
    if (!canMount(disk)) this.skip(); // no user namespaces here
    const notes = join(folder.path, 'notes');
    const mount = `mount -t tmpfs -o size=1m none ${disk} && head -c 700000 /dev/zero > ${disk}/ballast`;
    const inside = ['-Urm', 'sh', '-ec', `${mount}; exec "$@"`, 'sh', process.execPath, driver, disk, notes];
    const { stdout } = await promisify(execFile)('unshare', inside, { timeout: 80_000 });
    const { error, skipped, xs, bad } = JSON.parse(stdout);
    assert.equal(error.code, 'ERR_LEDGER_STORAGE');
    assert.match(error.message, /\(ENOSPC\)\. The disk, or what you may use of it, is full\. Free some space/);
    assert.deepEqual([xs, bad], [tasks, 0]);
    assert.ok(skipped > 0 && skipped < 40, `${skipped} were recorded when the disk was full`);
    const runs = tasks.map((x) => folder.lines('notes').filter((line) => line === `ran ${x}`).length);
    assert.ok(runs.filter((count) => count === 1).length >= skipped, 'what was recorded was not run again');
    assert.ok(runs.every((count) => count === 1 || count === 2));
  });
});

function canMount(disk: string): boolean {
  try {
    execFileSync('unshare', ['-Urm', 'mount', '-t', 'tmpfs', 'none', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
