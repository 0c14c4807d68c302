import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';

const said: Readonly<Record<string, readonly RegExp[]>> = {
  'tour.ts': [
    /thread +found 17984 primes/,
    /process +found 17984 primes/,
    /inline +found 17984 primes/,
    /process +stopped in \d+ ms; its state: {"steps":\d+,"isTidy":true}/,
    /thread +is here: at busyJob/,
    /process +interrupted after \d+ ms; its state: "was counting"/,
    /process +killed after \d+ ms; its child \d+ is gone too/,
  ],
  'progress.ts': [/fetched c\.csv\n3 files/],
  'call-limits.ts': [
    /slept 10 ms\nThe call took longer than its timeoutMs of 100\. The worker lives on\.\nslept 20 ms/,
  ],
  'state-and-restart.ts': [/counted to 10\na fresh process began with 10\nanother one went on to 20/],
  'stuck.ts': [/it says: I shall be back soon/, /it is at hang/, /Worker "stuck" was terminated \(it blocked/],
};

describe('The examples', () => {
  for (const file of readdirSync('examples').filter((name) => /^(?!.*tasks).*\.ts$/.test(name))) {
    it(`${file} does what it shows`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', `examples/${file}`]);
      for (const pattern of said[file] ?? [/^never$/]) assert.match(stdout, pattern);
    });
  }
});
