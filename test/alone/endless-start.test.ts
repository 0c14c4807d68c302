import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../fixtures/late-starter.js', import.meta.url));

describe('A script that its own workers import, and that starts workers a little later', () => {
  for (const kind of ['thread', 'process']) {
    it(`is stopped after a few generations (${kind})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'pyworkers-'));
      const file = join(folder, 'starts');
      writeFileSync(file, '');
      try {
        const env = { ...process.env, LATE_STARTER_FILE: file, LATE_STARTER_KIND: kind };
        const { stdout } = await promisify(execFile)(process.execPath, [script, kind, file], { env });
        assert.equal(stdout, 'ERR_STARTED_IN_IMPORT\n');
        assert.equal(readFileSync(file, 'utf8').length, 6);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
