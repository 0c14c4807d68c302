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
  'pool-progress-bar.ts': [/40 ranges, 165605 primes/],
  'pool-mixed-kinds.ts': [/thread had its share\nprocess had its share\nremote had its share\n300 calls/],
  'pool-endless-stream.ts': [/^text 0 -> 7ec79654\n(.+\n){3}text 4 -> f0d5b679\nnot many more were read/],
  'pool-retries-and-timeouts.ts': [
    /a worker died, and is replaced/,
    /fine \(attempt 1\) -> fine/,
    /^input 0 is tried again\nflaky\n/,
    /crash \(attempt \d\) -> lost: .*SIGKILL/,
    /hang \(attempt \d\) -> terminated: .*timeoutMs of 500/,
  ],
  'pool-web-server.ts': [/168 primes up to 1000\n303 .*\n430 .*\nthe browser has left, its call was ended/],
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
