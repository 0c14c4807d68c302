import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { command } from '../support/command.js';

const root = fileURLToPath(new URL('../../../', import.meta.url)); // from build/test/packaging/
const hooks = new URL('./import-hooks.js', import.meta.url).href;

describe('an import', () => {
  it('of pyworkers loads the codec and the events, and leaves the heavy doors shut', async () => {
    assert.deepEqual(await packagesLoadedBy(`await import('pyworkers');`), ['eventemitter3', 'msgpackr']);
  });

  it('of pyworkers/context loads no package at all', async () => {
    assert.deepEqual(await packagesLoadedBy(`await import('pyworkers/context');`), []);
  });

  it('of pyworkers connects no inspector', async () => {
    await run(`
      require('node:inspector').Session.prototype.connect = () => process.exit(1);
      await import('pyworkers');`);
  });

  it('of tinypool happens when the first thread is wanted', async () => {
    const script = `
      const { target, ThreadWorker } = await import('pyworkers');
      await new ThreadWorker(target('node:os', 'hostname')).value();`;
    assert.ok((await packagesLoadedBy(script)).includes('tinypool'));
  });
});

/** Names of the npm packages of which a script, run on its own, loads anything. */
async function packagesLoadedBy(script: string): Promise<string[]> {
  const urls = await run(script, [
    '--import',
    `data:text/javascript,import{register}from'node:module';register('${hooks}')`,
  ]);
  const names = Array.from(
    urls.matchAll(/\/node_modules\/(?!.*\/node_modules\/)((?:@[^/]+\/)?[^/]+)\//g),
    ([, name]) => name,
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function run(script: string, flags: readonly string[] = []): Promise<string> {
  return command(process.execPath, [...flags, '--eval', `(async () => {${script}})()`], root);
}
