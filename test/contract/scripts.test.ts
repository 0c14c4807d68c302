import assert from 'node:assert/strict';
import { Scratch } from '../support/scratch.js';

const square = 'const one = 1; export const square = (x: number): number => x * x * one;\n';

const files = {
  'package.json': '{ "type": "module" }',
  'tasks.ts': square,
  'typed.ts': `
    import { ProcessWorker, ThreadWorker } from 'pyworkers';
    import { square } from './tasks.js';
    const both = await Promise.all([new ThreadWorker(square, [3]).value(), new ProcessWorker(square, [4]).value()]);
    console.log(both.join());
  `,
  'typed-script.ts': `
    import { ProcessWorker, ThreadWorker } from 'pyworkers';
    interface Options { factor: number }
    const scale = (x: number, { factor }: Options): number => { const scaled = (y: number): number => y * factor; return scaled(x); };
    const both = await Promise.all([ThreadWorker, ProcessWorker].map((Kind) => new Kind(scale, [3, { factor: 2 }]).value()));
    console.log(both.join());
  `,
  'tasks.js': 'const one = 1; export const square = (x) => x * x * one;',
  'awaiting.mjs': `
    import { isMain, ProcessWorker, ThreadWorker } from 'pyworkers';
    const one = 1;
    export function square(x) { return x * x * one; }
    export default (x) => x * one;
    if (isMain(import.meta.url)) {
      const both = [await new ThreadWorker(square, [3]).value(), await new ProcessWorker(square, [4]).value()];
      console.log(both.join());
    }
  `,
  'no-exports.mjs': `
    import { ProcessWorker, ThreadWorker } from 'pyworkers';
    const square = (x) => x * x;
    console.log([await new ThreadWorker(square, [3]).value(), await new ProcessWorker(square, [4]).value()].join());
  `,
  'common.cjs': `
    const { ProcessWorker, ThreadWorker } = require('pyworkers');
    const one = 1;
    module.exports.square = (x) => x * x * one;
    if (require.main === module) (async () => {
      console.log([await new ThreadWorker(module.exports.square, [3]).value(), await new ProcessWorker(module.exports.square, [4]).value()].join());
    })();
  `,
  'unguarded.mjs': `
    import { ProcessWorker, ThreadWorker } from 'pyworkers';
    import { appendFileSync } from 'node:fs';
    export const square = (x) => x * x;
    appendFileSync('starts.log', '.');
    for (const Kind of [ThreadWorker, ProcessWorker]) {
      const { error } = await new Kind(square, [3]).outcome();
      console.log(error.name, error.cause.name, /isMain\\(import\\.meta\\.url\\)/.test(error.message));
    }
  `,
};

const inline = `
  import { ProcessWorker, ThreadWorker } from 'pyworkers';
  const square = (x) => x * x;
  console.log([await new ThreadWorker(square, [3]).value(), await new ProcessWorker(square, [4]).value()].join());
`;

describe('A script', function () {
  this.timeout(60_000);
  const scratch = new Scratch(files);
  after(() => scratch.remove());

  async function prints(expected: string, args: readonly string[], input = ''): Promise<void> {
    assert.deepEqual(await scratch.run(args, { input }), { code: 0, stdout: `${expected}\n`, stderr: '' });
  }

  it('in TypeScript, started with a loader, runs targets from TypeScript modules in threads and processes', async () => {
    await prints('9,16', ['--import', 'tsx', 'typed.ts']);
  });

  it('in TypeScript, started by the command of a loader, does so too', async () => {
    await prints('9,16', ['node_modules/tsx/dist/cli.mjs', 'typed.ts']);
  });

  it('in TypeScript sends its own functions as what the loader made of them', async () => {
    await prints('6,6', ['--import', 'tsx', 'typed-script.ts']);
  });

  it('may wait, at its top level, for workers that run its own exports', async () => {
    await prints('9,16', ['awaiting.mjs']);
  });

  it('without exports has its functions sent as source text', async () => {
    await prints('9,16', ['no-exports.mjs']);
  });

  it('in CommonJS runs its own exports', async () => {
    await prints('9,16', ['common.cjs']);
  });

  it('given on the command line or as input has its functions sent as source text', async () => {
    await prints('9,16', ['--input-type=module', '--eval', inline]);
    await prints('9,16', ['--input-type=module'], inline);
    await prints('9,16', ['--input-type=module', '-'], inline);
  });

  it('that starts workers without a guard gets an error that explains it, and starts no more of them', async () => {
    const expected = ['TargetError StartedInImportError true', 'TargetError StartedInImportError true'];
    await prints(expected.join('\n'), ['unguarded.mjs']);
    assert.equal(await startsIn('starts.log'), 3);
  });

  async function startsIn(name: string): Promise<number> {
    const { readFile } = await import('node:fs/promises');
    return (await readFile(scratch.url(name), 'utf8')).length;
  }
});
