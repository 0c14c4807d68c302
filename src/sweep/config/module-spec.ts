import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { isRecord } from '../../base/checks.js';
import type { SweepSpec } from '../run/spec.js';
import { importFile } from './import-file.js';
import type { NativeSpec } from './native-spec.js';
import { SweepFileError } from './sweep-file-error.js';

interface ModuleFile {
  readonly file: string;
  readonly folder: string;
  readonly shown: string;
  readonly text: string;
}

const defaultOutput = 'sweep-output';

/** The specification that a module exports by default, or that the function gives which it exports. */
export async function moduleSpec({ file, folder, shown }: ModuleFile): Promise<NativeSpec> {
  const { namespace, needsLoader } = await importFile(file).catch(async (error) => {
    throw error instanceof SyntaxError ? await wrongSyntax(error, file, shown) : failed(error, file, shown);
  });
  const exported = 'default' in namespace ? namespace.default : undefined;
  if (exported === undefined) {
    const names = Object.keys(namespace).join(', ') || 'nothing';
    throw new SweepFileError(
      shown,
      `it has no default export (it exports: ${names}). Write: export default defineSweep({ … })`,
    );
  }
  const spec = typeof exported === 'function' ? await made(exported as () => unknown, { file, shown }) : exported;
  if (!isRecord(spec)) throw new SweepFileError(shown, `its default export is no specification but ${nameOf(spec)}.`);
  const { output = defaultOutput } = spec as SweepSpec; // what is in it is checked when the sweep is made
  return { spec: { ...spec, output: resolve(folder, output) }, ...(needsLoader !== undefined && { needsLoader }) };
}

async function made(make: () => unknown, { file, shown }: Pick<ModuleFile, 'file' | 'shown'>): Promise<unknown> {
  try {
    return await make();
  } catch (error) {
    throw failed(error, file, shown);
  }
}

/** With the place in the file, where the error tells one. */
function failed(cause: unknown, file: string, shown: string): SweepFileError {
  const { name = 'Error', message = String(cause), stack = '' } = cause instanceof Error ? cause : {};
  const told = `it could not be loaded: ${name === 'Error' ? '' : `${name}: `}${message}`;
  const [, line, column = '1'] = new RegExp(`${escaped(file)}(?:\\?[^:\\s]*)?:(\\d+)(?::(\\d+))?`).exec(stack) ?? [];
  const problems = line === undefined ? told : [{ line: Number(line), column: Number(column), message: told }];
  return new SweepFileError(shown, problems, { cause });
}

/** The engine tells the place of what it cannot read only to whom it lets a program crash. */
async function wrongSyntax(cause: SyntaxError, file: string, shown: string): Promise<SweepFileError> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--check', file]).catch(
    (crash: { stderr?: string }) => crash,
  );
  const [, line, caret = ''] = new RegExp(`${escaped(file)}:(\\d+)\\n[^\\n]*\\n( *)\\^`).exec(stderr ?? '') ?? [];
  const told = `it could not be loaded: SyntaxError: ${cause.message}`;
  if (line === undefined) return failed(cause, file, shown);
  return new SweepFileError(shown, [{ line: Number(line), column: caret.length + 1, message: told }], { cause });
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
}
