import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { PersistentWorker, type Target, TargetError, target, Worker } from 'pyworkers';
import byDefault, * as targets from '../fixtures/targets.js';
import { Scratch } from '../support/scratch.js';
import { onEachKind } from './kinds.js';

type NumberTarget = (x: number) => number;

const modules = {
  'named.cjs':
    'const secret = 2; exports.run = function (x) { return x * secret; }; exports.group = { run: (x) => x * secret * 3 };',
  'computed.cjs': 'const secret = 2; module.exports = Object.fromEntries([["run", (x) => x * secret]]);',
  'single.cjs': 'const secret = 2; module.exports = function (x) { return x * secret; };',
  'required.mjs':
    'import { createRequire } from "node:module"; export default createRequire(import.meta.url)("./single.cjs");',
  'odd name #1?.mjs': 'const secret = 2; export const run = (x) => x * secret;',
  'node_modules/esm-package/package.json': '{ "name": "esm-package", "type": "module", "exports": "./index.js" }',
  'node_modules/esm-package/index.js': 'export * from "./lib/run.js";',
  'node_modules/esm-package/lib/run.js': 'const secret = 2; export function run(x) { return x * secret; }',
  'node_modules/cjs-package/package.json': '{ "name": "cjs-package" }',
  'node_modules/cjs-package/index.js': 'const secret = 2; exports.run = (x) => x * secret;',
  'packages.mjs':
    'export { run as esm } from "esm-package"; import cjs from "cjs-package"; export const common = cjs.run;',
  'params.mjs': 'const secret = 2; export const counting = classes => classes * secret;',
  'syntax-error.mjs': 'export function run() { return 1 +; }',
  'failing.mjs': 'throw new RangeError("not today"); export function run() {}',
  'missing-import.mjs': 'import "./no-such-file.mjs"; export function run() {}',
  'several.mjs':
    'export const text = "t"; export function run(x) { return x * 2; } export default { inside: (x) => x * 3 };',
  'sibling.mjs': 'export const factor = 7;',
  'by-source.mjs': `
    const secret = 2;
    const hidden = {
      importing: async (x) => x * (await import('./sibling.mjs')).factor,
      missing: (x) => x * secret,
      meta: () => import.meta.url,
    };
    export const take = (name) => hidden[name];
  `,
};

onEachKind('A target', ({ kind, isIsolated }) => {
  const scratch = new Scratch(modules);
  after(() => scratch.remove());

  async function run(fn: Target<NumberTarget>, x = 3): Promise<number> {
    return new Worker(kind, fn, [x]).value();
  }

  for (const [name, fn, value] of [
    ['a declaration', targets.declared, 6],
    ['an arrow function', targets.arrow, 6],
    ['an async arrow function', targets.asynchronous as unknown as NumberTarget, 6],
    ['a generator', targets.generating as unknown as NumberTarget, 6],
    ['a default export', byDefault, 60],
    ['an export by another name', targets.outer, 600],
    ['a member of an exported object', targets.tasks.run, 6000],
    ['a static member of an exported class', targets.Tasks.run, 60_000],
  ] as const) {
    it(`is found by reference: ${name}`, async () => {
      assert.equal(await run(fn), value);
    });
  }

  for (const [name, module, pick] of [
    ['an export of a CommonJS module', 'named.cjs', (m) => m.run],
    ['an export of a CommonJS module that only its default shows', 'computed.cjs', (m) => m.default?.run],
    ['a CommonJS module that is a function', 'single.cjs', (m) => m.default],
    ['a CommonJS module that was required', 'required.mjs', (m) => m.default],
    ['an export of an ES module package', 'packages.mjs', (m) => m.esm],
    ['an export of a CommonJS package', 'packages.mjs', (m) => m.common],
    ['an export of a file with an odd name', 'odd name #1?.mjs', (m) => m.run],
    ['an arrow function whose parameter begins with "class"', 'params.mjs', (m) => m.counting],
  ] as readonly [string, string, (module: Record<string, Record<string, unknown>>) => unknown][]) {
    it(`is found by reference: ${name}`, async () => {
      const fn = pick(await scratch.import(module)) as NumberTarget;
      assert.equal(await run(fn), 6);
    });
  }

  it('is found by reference in an object that a CommonJS module exports', async () => {
    const { group } = (await scratch.import('named.cjs')) as unknown as { group: { run: NumberTarget } };
    assert.equal(await run(group.run), 18);
  });

  it('is found by reference where it uses import.meta', async () => {
    assert.equal(await new Worker(kind, targets.here).value(), targets.here());
  });

  it('is what target() names: an export, a path of exports, by URL or by path, by name or by function', async () => {
    const url = scratch.url('several.mjs');
    for (const module of [url, url.href, fileURLToPath(url)])
      assert.equal(await run(target<NumberTarget>(module, 'run')), 6);
    assert.equal(await run(target<NumberTarget>(url, 'default.inside')), 9);
    assert.equal(await run(target<NumberTarget>(url, { name: 'run' })), 6);
    assert.equal(
      await run(target<NumberTarget>(new URL('../fixtures/targets.js', import.meta.url), 'tasks.run')),
      6000,
    );
  });

  it('is the default export of a module that is named alone', async () => {
    const url = new URL('../fixtures/targets.js', import.meta.url);
    for (const named of [url, url.href, fileURLToPath(url), target<NumberTarget>(url)])
      assert.equal(await run(named), 60);
  });

  it('is named for its worker', async () => {
    assert.equal(await new Worker(kind, targets.nameHere).value(), 'nameHere');
    assert.equal(
      await new Worker(
        kind,
        target<() => string>(new URL('../fixtures/targets.js', import.meta.url), 'nameHere'),
      ).value(),
      'nameHere',
    );
  });

  for (const [name, module, exportName, code, message] of [
    [
      'an export that is not there',
      'several.mjs',
      'walk',
      'ERR_TARGET_EXPORT',
      /has no export "walk".*(run|text).*Export it, or name another/,
    ],
    [
      'an export of a member that is not there',
      'several.mjs',
      'default.outside',
      'ERR_TARGET_EXPORT',
      /default\.outside/,
    ],
    ['a property that every object has', 'several.mjs', 'toString', 'ERR_TARGET_EXPORT', /toString/],
    ['a method that every function has', 'named.cjs', 'run.call', 'ERR_TARGET_EXPORT', /run\.call/],
    [
      'a default export that is not there',
      'sibling.mjs',
      'default',
      'ERR_TARGET_EXPORT',
      /has no export "default".*factor/,
    ],
    [
      'an export that cannot be called',
      'several.mjs',
      'text',
      'ERR_TARGET_NOT_CALLABLE',
      /"text" is not a function but string/,
    ],
    [
      'a module that is not there',
      'no-such-module.mjs',
      'run',
      'ERR_TARGET_IMPORT',
      /no-such-module\.mjs could not be imported/,
    ],
    ['a module whose import fails', 'failing.mjs', 'run', 'ERR_TARGET_IMPORT', /RangeError: not today/],
    ['a module that imports what is not there', 'missing-import.mjs', 'run', 'ERR_TARGET_IMPORT', /no-such-file\.mjs/],
    ['a module with a syntax error', 'syntax-error.mjs', 'run', 'ERR_TARGET_IMPORT', /SyntaxError/],
  ] as const) {
    it(`says as its outcome what is wrong with ${name}`, async () => {
      const worker = new Worker(kind, target<NumberTarget>(scratch.url(module), exportName), [1]);
      const outcome = await worker.outcome();
      assert.ok(outcome.type === 'threw');
      assert.ok(outcome.error instanceof TargetError);
      assert.equal(outcome.error.code, code);
      assert.match(outcome.error.message, message);
      if (code === 'ERR_TARGET_IMPORT') assert.ok(outcome.error.cause instanceof Error);
    });
  }

  for (const [name, fn, message] of [
    ['a native function', Math.max, /native function/],
    ['a bound function', targets.declared.bind(null), /bound function/],
    ['a Proxy of a function', new Proxy(targets.declared, {}), /native function/],
    ['a class', targets.Method, /a class/],
    ['a method', new targets.Method().multiply, /a method/],
    ['a static method', targets.Method.multiply, /a method/],
    ['a method of an object literal', targets.literal.multiply, /a method/],
    ['a generator method', targets.literal.generate, /a method/],
  ] as const) {
    it(`is refused at once as ${name}, with what to do`, () => {
      const isRefusal = (error: TargetError): boolean => {
        assert.ok(error instanceof TargetError);
        assert.equal(error.code, 'ERR_TARGET_REFUSED');
        assert.match(error.message, message);
        assert.match(error.message, /(Wrap|Export)/);
        return true;
      };
      assert.throws(() => new Worker(kind, fn as unknown as NumberTarget, [1]), isRefusal);
      assert.throws(() => new PersistentWorker(kind, fn as unknown as NumberTarget), isRefusal);
    });
  }

  for (const bad of [7, {}, [], Symbol('s'), true, ''] as readonly unknown[]) {
    it(`is refused at once when it is ${typeof bad === 'symbol' ? 'a symbol' : JSON.stringify(bad)}`, () => {
      assert.throws(() => new Worker(kind, bad as NumberTarget, [1]), { name: 'OptionError' });
    });
  }

  if (isIsolated) {
    it('that nobody exports is sent as source text, and may import() what lies beside its file', async () => {
      const { take } = (await scratch.import('by-source.mjs')) as unknown as { take(name: string): NumberTarget };
      assert.equal(await run(take('importing')), 21);
    });

    it('that was sent as source text and misses a name says why', async () => {
      const { take } = (await scratch.import('by-source.mjs')) as unknown as { take(name: string): NumberTarget };
      await assert.rejects(run(take('missing')), (error: Error) => {
        assert.ok(error instanceof ReferenceError);
        assert.match(
          error.message,
          /^secret is not defined\. This target was sent as source text.*Export it.*target\(import\.meta\.url/,
        );
        return true;
      });
    });

    it('that was sent as source text and needs its module says why', async () => {
      const { take } = (await scratch.import('by-source.mjs')) as unknown as { take(name: string): NumberTarget };
      const worker = new Worker(kind, take('meta'), [1]);
      await assert.rejects(worker.value(), (error: TargetError) => {
        assert.ok(error instanceof TargetError, String(error));
        assert.match(error.message, /import\.meta.*Export it/);
        return true;
      });
    });
  }
});
