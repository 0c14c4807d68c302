import { resolve } from 'node:path';
import { findSweepFile } from '../../sweep/config/find-sweep-file.js';
import { loadSweepFile } from '../../sweep/config/load-sweep-file.js';
import type { SweepFile } from '../../sweep/config/sweep-file.js';
import type { SweepSpec } from '../../sweep/run/spec.js';
import { Sweep } from '../../sweep/sweep.js';
import { UsageError } from '../command-line.js';
import type { Given } from './given.js';
import { specOf } from './given-spec.js';
import { isFolder } from './is-folder.js';
import type { Terminal } from './terminal.js';
import { LoaderNeeded } from './with-loader.js';

export interface SweepOfOptions {
  /** Goes before the flags. */
  readonly more?: SweepSpec;
  /** It is going to be run, so that its workers have to be able to load what it names. */
  readonly isRun?: boolean;
  /** Where notes on the file are told. */
  readonly terminal?: Terminal;
}

/** The sweep that a command line speaks of: of a file, or of its own words. */
export async function sweepOf(given: Given, { more, isRun = false, terminal }: SweepOfOptions = {}): Promise<Sweep> {
  const file = await fileOf(given);
  if (!file) return new Sweep({}, { flags: { ...specOf(given, {}), ...more } });
  if (isRun && file.needsLoader !== undefined) throw new LoaderNeeded(file.needsLoader);
  terminal?.tell(...file.notes);
  const flags = { ...specOf(given, file.spec), ...more };
  const { sample: _, ...unsampled } = flags;
  return new Sweep(
    {},
    {
      file: file.spec,
      flags: isSampledByDocument(file, given) ? unsampled : flags,
      configuration: { name: file.path, text: file.text },
    },
  );
}

async function fileOf(given: Given): Promise<SweepFile | undefined> {
  const [named] = given.args;
  const yaml = given.text('yaml');
  if (named !== undefined && yaml !== undefined) throw new UsageError('the sweep file is named twice');
  if (given.rest && (named ?? yaml) !== undefined) {
    throw new UsageError('give a sweep file, or a command behind --, not both');
  }
  if (given.rest) return undefined;
  const path = fileIn(named ?? yaml ?? process.cwd());
  const titles = given.list('title');
  const options = titles.length > 0 ? { titles } : {};
  const file = await loadSweepFile(path, options);
  const samplePerSpace = given.wholeNumber('sample');
  if (!isSampledByDocument(file, given) || samplePerSpace === undefined) return file;
  return loadSweepFile(path, { ...options, samplePerSpace });
}

/** As simtony/runner does it: so many of each of its documents. */
function isSampledByDocument({ kind }: SweepFile, given: Given): boolean {
  return kind === 'runner' && given.has('sample');
}

/** Of a folder its sweep file. */
function fileIn(given: string): string {
  if (!isFolder(given)) return given;
  const path = findSweepFile(given);
  if (path !== undefined) return path;
  throw new UsageError(
    `There is no sweep file in ${resolve(given)}. Make one with pyw-sweep init, name one, or give a command: pyw-sweep run -p lr=0.1,0.01 -- python train.py --lr {lr}`,
  );
}
