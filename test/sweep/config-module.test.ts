import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadSweepFile, SweepFileError } from 'pyworkers/sweep';
import { Scratch } from '../support/scratch.js';

const study = (more = ''): string => `import { defineSweep } from 'pyworkers/sweep';
export const train = ({ lr }) => ({ loss: 1 / lr });
export default defineSweep({ variables: { lr: [1, 2] }, task: train, workers: { count: 1 }, ${more} });
`;

const typed = `import { defineSweep, type TaskContext } from 'pyworkers/sweep';
export function train({ lr }: { readonly lr: number }, about: TaskContext): { loss: number } {
  about.log('lr', lr);
  return { loss: 1 / lr };
}
export default defineSweep({ variables: { lr: [1, 2] }, task: train, workers: { count: 1 }, output: 'typed' });
`;

/** Loads the file that it is named and runs it, as a program of its own does. */
const program = `import { loadSweepFile, Sweep } from 'pyworkers/sweep';
const { spec, needsLoader } = await loadSweepFile(process.argv[2]);
if (process.argv[3] === 'plan') console.log(JSON.stringify([new Sweep({}, { file: spec }).plan.size, needsLoader ?? null]));
else console.log(JSON.stringify((await new Sweep({}, { file: spec }).run()).toRecords()));
`;

describe("A sweep's file as a module", function () {
  this.timeout(40_000);
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch({
      'package.json': '{ "type": "module" }',
      'run.js': program,
      'sweep.config.mjs': study(),
      'made.mjs': `${study().replace('export default', 'const base =')}\nexport default async () => ({ ...base, limit: 1, output: 'elsewhere' });`,
      'sweep.config.ts': typed,
      'none.mjs': 'export const spec = {};',
      'word.mjs': "export default 'spec';",
      'throws.mjs': "\nconst a = 1;\nthrow new RangeError('too wide');\n",
      'late.mjs': "export default () => {\n  throw new Error('not now');\n};\n",
      'syntax.mjs': 'export default {\n  variables: {,\n};\n',
      'yaml.yaml': 'variables: { lr: [1, 2] }\ntask: sweep.config.ts#train\nworkers: { count: 1 }\n',
    });
  });
  after(() => scratch.remove());
  const at = (name: string): string => `${scratch.path}/${name}`;
  const problemOf = async (name: string): Promise<string> => {
    const error = await loadSweepFile(at(name)).then(
      () => assert.fail('it was taken'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof SweepFileError, String(error));
    return error.message.replaceAll(`${scratch.path}/`, '');
  };

  it('is run with its own functions in workers', async () => {
    const { stdout, stderr } = await scratch.run(['run.js', 'sweep.config.mjs']);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(stdout), [
      { lr: 1, loss: 1 },
      { lr: 2, loss: 0.5 },
    ]);
  });

  it('may be a function that makes it, and has its output next to it', async () => {
    const { spec, kind, text } = await loadSweepFile(at('made.mjs'), { only: [] });
    assert.deepEqual([kind, spec.limit, spec.output], ['module', 1, at('elsewhere')]);
    assert.equal(text, readFileSync(at('made.mjs'), 'utf8'));
    assert.equal((await loadSweepFile(at('sweep.config.mjs'))).spec.output, at('sweep-output'));
  });

  it('may be TypeScript, which is planned by any Node and run with what it says it needs', async () => {
    const plan = await scratch.run(['run.js', 'sweep.config.ts', 'plan']);
    assert.equal(plan.stderr, '');
    const [size, needsLoader] = JSON.parse(plan.stdout) as [number, string | null];
    assert.equal(size, 2);
    const isBuiltIn = Boolean((process.features as { typescript?: unknown }).typescript);
    assert.equal(typeof needsLoader, isBuiltIn ? 'object' : 'string');
    const flags = needsLoader === null ? [] : ['--import', needsLoader];
    const run = await scratch.run([...flags, 'run.js', 'sweep.config.ts']);
    assert.deepEqual(
      [run.stderr, JSON.parse(run.stdout || 'null')],
      [
        '',
        [
          { lr: 1, loss: 1 },
          { lr: 2, loss: 0.5 },
        ],
      ],
    );
    const again = await scratch.run([...flags, 'run.js', 'sweep.config.ts', 'plan']);
    assert.deepEqual(JSON.parse(again.stdout), [2, null], 'once it is there, it is not asked for');
  });

  it('tells of a YAML file, too, that its functions need a loader', async () => {
    const { needsLoader } = await loadSweepFile(at('yaml.yaml'));
    const isBuiltIn = Boolean((process.features as { typescript?: unknown }).typescript);
    assert.equal(needsLoader === undefined, isBuiltIn);
  });

  it('says what kept it from being loaded, and where', async () => {
    assert.equal(
      await problemOf('none.mjs'),
      'none.mjs: it has no default export (it exports: spec). Write: export default defineSweep({ … })',
    );
    assert.equal(await problemOf('word.mjs'), 'word.mjs: its default export is no specification but string.');
    assert.equal(await problemOf('throws.mjs'), 'throws.mjs:3:7: it could not be loaded: RangeError: too wide');
    assert.equal(await problemOf('late.mjs'), 'late.mjs:2:9: it could not be loaded: not now');
    assert.match(await problemOf('syntax.mjs'), /^syntax\.mjs:2:15: it could not be loaded: SyntaxError: /);
  });
});
