import { readFile } from 'node:fs/promises';
import { dirname, extname, relative, resolve } from 'node:path';
import { sweepFileNames } from './find-sweep-file.js';
import { moduleSpec } from './module-spec.js';
import { narrowed } from './narrowed.js';
import { Problems } from './problems.js';
import type { LoadOptions, SweepFile } from './sweep-file.js';
import { SweepFileError } from './sweep-file-error.js';
import { yamlSpec } from './yaml-spec.js';

/**
 * Reads a sweep's file: YAML, TypeScript or JavaScript, by its ending. Rejects with all that is wrong in it, each with its
 * place. Paths in it are relative to its folder, the output folder too; only a file for runner writes to `output` in the
 * working directory, as runner does.
 */
export async function loadSweepFile(path: string, options: LoadOptions = {}): Promise<SweepFile> {
  const file = resolve(path);
  const shown = shownAs(file);
  const text = await textOf(file, shown);
  const about = { file, folder: dirname(file), shown, text };
  switch (extname(file)) {
    case '.yaml':
    case '.yml':
    case '.json': {
      const read = await yamlSpec({ ...about, problems: new Problems(shown, text) }, options);
      return { path: file, text, ...read };
    }
    case '.ts':
    case '.mts':
    case '.cts':
    case '.js':
    case '.mjs':
    case '.cjs': {
      const { spec, ...read } = await moduleSpec(about);
      return { kind: 'module', path: file, text, notes: [], ...read, spec: narrowed(spec, { ...options, shown }) };
    }
    default:
      throw new SweepFileError(
        shown,
        `this is no file of a sweep. It is called ${sweepFileNames.join(', ')}, or ends like these.`,
      );
  }
}

/** As somebody here would name it. */
function shownAs(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

async function textOf(file: string, shown: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'this is a folder; name the file in it',
      EACCES: 'it may not be read',
    };
    throw new SweepFileError(shown, reasons[code ?? ''] ?? (error as Error).message, { cause: error });
  }
}
