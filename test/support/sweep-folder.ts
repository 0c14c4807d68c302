import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for each test of a suite, in which sweeps write; it is gone after the test. */
export function sweepFolder(): {
  readonly path: string;
  readonly output: string;
  /** The lines of a file in it; none where it is not there. */
  lines(name: string): string[];
} {
  let path = '';
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'pyw-sweep-'));
  });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    get output() {
      return join(path, 'out');
    },
    lines(name) {
      const file = join(path, name);
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    },
  };
}
