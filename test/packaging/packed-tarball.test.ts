import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from '../support/command.js';

const root = fileURLToPath(new URL('../../../', import.meta.url)); // from build/test/packaging/
const { resolve } = createRequire(import.meta.url);

describe('the package as npm packs it', function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pyworkers-consumer-'));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }));
    const packed = await command('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
    const [tarball] = JSON.parse(packed) as [{ filename: string }];
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund'];
    await command('npm', ['install', ...quietly, join(folder, tarball.filename)], folder);
    await cp(join(root, 'test/packaging/consumer'), folder, { recursive: true });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('has types that know what each target takes and gives', async () => {
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    await command(process.execPath, [resolve('typescript/bin/tsc')], folder);
  });

  it('runs workers of every kind', async () => {
    const output = await command(process.execPath, ['every-kind.js'], folder);
    assert.equal(output, 'every kind works');
  });

  it('lets nothing be imported but its entry points', async () => {
    const inner = [
      'pyworkers/dist/index.js',
      'pyworkers/dist/worker/run.js',
      'pyworkers/host/host.js',
      'pyworkers/index',
    ];
    const entries = ['pyworkers', 'pyworkers/context', 'pyworkers/package.json'];
    assert.deepEqual(await importable([...inner, ...entries]), entries);
  });

  it('holds what it needs and nothing else', async () => {
    const packed = await command('npm', ['pack', '--json', '--ignore-scripts', '--dry-run'], root);
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
    const tops = new Set(files.map(({ path }) => path.split('/')[0]));
    for (const needed of ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'schema'])
      assert.ok(tops.delete(needed), needed);
    tops.delete('docs');
    assert.deepEqual([...tops], []);
  });

  /** Those of the names that a module in the consumer's folder can import. */
  async function importable(names: readonly string[]): Promise<string[]> {
    const script = `
      const found = [];
      for (const name of ${JSON.stringify(names)}) {
        try {
          await import(name, name.endsWith('.json') ? { with: { type: 'json' } } : undefined);
          found.push(name);
        } catch (error) {
          if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
        }
      }
      process.stdout.write(JSON.stringify(found));`;
    return JSON.parse(await command(process.execPath, ['--input-type=module', '--eval', script], folder)) as string[];
  }
});

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  target: 'ES2022',
  module: 'NodeNext',
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [dirname(dirname(resolve('@types/node/package.json')))],
};
