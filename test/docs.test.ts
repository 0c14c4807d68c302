import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadSweepFile, Sweep } from 'pyworkers/sweep';
import ts from 'typescript';

/*
 * Every code block of the documentation. A block whose first line is `// NAME.ts` is a module that the other blocks of its
 * page import. All are type-checked; those that show output (`// -> …`) are run, and have to print just that.
 */
interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const folder = 'build/docs';
const pages = ['README.md', 'CHANGELOG.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const blocks = pages.flatMap(blocksOf);
const code = blocks
  .filter(({ language }) => language === 'ts' || language === 'js')
  .map((block, i) => ({ ...block, file: fileOf(block, i) }));

describe('The documentation', () => {
  before(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const { file, text } of code) {
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text.includes('import ') || text.includes('export ') ? text : `${text}\nexport {};\n`);
    }
  });

  it('has code that compiles', function () {
    this.timeout(60_000);
    const { options } = ts.parseJsonConfigFileContent(
      ts.readConfigFile('tsconfig.json', ts.sys.readFile).config,
      ts.sys,
      '.',
    );
    const program = ts.createProgram(
      code.map(({ file }) => file),
      { ...options, noEmit: true, rootDir: '.', allowJs: true, noUnusedLocals: false },
    );
    const problems = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    assert.deepEqual(problems, []);
  });

  for (const { text, page } of blocks.filter(({ language }) => language === 'yaml')) {
    it(`has sweep files that can be read: ${page}, ${text.split('\n', 1)[0]}`, async () => {
      const file = join(folder, 'sweep.yaml');
      writeFileSync(file, text);
      const { spec } = await loadSweepFile(file);
      assert.ok((new Sweep({}, { file: spec }).plan?.size ?? 0) > 0);
    });
  }

  it('has a first sweep that runs as it is told, from an empty folder', async function () {
    this.timeout(120_000);
    const empty = mkdtempSync(join(tmpdir(), 'pyw-first-'));
    const command = `${process.execPath} ${resolve('dist/cli/pyw-sweep.js')}`;
    try {
      for (const { text } of blocks.filter(
        (block) => block.page === 'docs/first-sweep.md' && block.language === 'sh',
      )) {
        const script = text.replaceAll('npx pyw-sweep', command);
        await promisify(execFile)('bash', ['-e', '-c', script], { cwd: empty });
      }
      assert.match(readFileSync(join(empty, 'report.html'), 'utf8'), /^<!doctype html>/i);
      assert.ok(existsSync(join(empty, 'quick', 'lr=1e-3', 'seed=4', 'status.json')));
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });

  for (const { file, text, page } of code.filter((block) => block.text.includes('// -> '))) {
    it(`prints what it says: ${page}, ${text
      .split('\n')
      .find((line) => line.includes('// -> '))
      ?.trim()}`, async () => {
      const expected = [...text.matchAll(/\/\/ -> (.*)$/gm)].map(([, value]) => value);
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', resolve(file)], {
        cwd: folder,
      });
      assert.deepEqual(stdout.trimEnd().split('\n'), expected);
    });
  }

  it('names commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const text = blocks.filter(({ language }) => language === 'sh').map((block) => block.text);
    for (const [, name = ''] of text.join('\n').matchAll(/npm run ([\w:]+)/g)) assert.ok(scripts[name], name);
  });

  it('has links that lead somewhere', () => {
    for (const page of pages) {
      for (const [, link = ''] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(page, '..', link)), `${page}: ${link}`);
      }
    }
  });
});

function blocksOf(page: string): Block[] {
  return [...readFileSync(page, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ page, language, text }),
  );
}

function fileOf({ page, language, text }: Block, index: number): string {
  const name = /^\/\/ ([\w-]+\.[jt]s)\n/.exec(text)?.[1] ?? `block-${index}.${language}`;
  return join(folder, page.replaceAll(/\W/g, '-'), name);
}
