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
  'study.ts': [
    /^simpson +256 +1\.7183/m,
    /best: simpson with 256 parts, off by \d\.\d+e-\d+/,
    /threads and processes found the same/,
    /The report is in build\/study\/report\.html/,
  ],
  'sweep-first.ts': [/^left +4 +1\.51/m, /^simpson +16 +1\.7183/m, /best: simpson with 16 parts/],
  'sweep-commands.ts': [/^0\.01 +true +297 +0\.1$/m, /numbers: 98 99 100\nepoch 1 loss=1\nepoch 2 loss=0\.1/],
  'sweep-loads.ts': [/^5000000 +2 +32463$/m, /12 tasks, [23] loads/],
  'sweep-resume.ts': [
    /stopped in the middle\n12 of 12 are there, 0 are missing\n12 runs of 12 tasks\nwhat was done was not done again/,
  ],
  'sweep-early-stop.ts': [
    /rate=0.05 stopped at step 10 its best loss/,
    /not worth going on with: 0\.05, 0\.02, 0\.001/,
  ],
  'sweep-search.ts': [/^\d+ points, the lowest at 3\.14$/m],
  'sweep-stages.ts': [/25 points, the highest at x=0\.25, y=0\.75\n25 points, the highest at x=0\.3, y=0\.7/],
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
