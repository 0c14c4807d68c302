import { renameSync } from 'node:fs';
import { makeFolder } from '../../base/make-folder.js';
import type { Point } from '../point.js';
import { inStorage, LedgerError } from './ledger-error.js';
import { parsed, recordOf, textOf, writeNew } from './whole-file.js';

/**
 * Makes a task's folder, with its parameters in `params.json`: exact values, and as they were written where that differs. It needs
 * no ledger: a worker on another machine may do it. Done once; refused where other parameters are recorded there.
 */
export function prepareTaskFolder(path: string, point: Point): void {
  inStorage("make the task's folder", path, () => {
    const isNew = makeFolder(path);
    if (!isNew) checkOwn(path, point.id);
    const file = `${path}/params.json`;
    if (!isNew && recordOf(file)?.id === point.id) return;
    writeNew(`${file}~`, paramsText(point));
    renameSync(`${file}~`, file);
  });
}

/** What `params.json` says. */
export function paramsText({ id, title, params, texts }: Point): string {
  const written = Object.keys(texts).length > 0 ? { texts } : {};
  return `${JSON.stringify({ id, ...(title && { title }), params, ...written })}\n`;
}

/** Refuses a folder in which something lies that would be overwritten and is not this task's. */
export function checkOwn(path: string, id: string): void {
  for (const name of ['params.json', 'status.json']) {
    const text = textOf(`${path}/${name}`);
    if (text === undefined || parsed(text)?.id === id || isTorn(text, id)) continue;
    throw new LedgerError(
      `${path} is not this task's: its ${name} is of other parameters, or of another program. ` +
        'Name another output folder, or let existing folders be overwritten.',
      'ERR_LEDGER_FOREIGN',
    );
  }
}

/** A crash came while it was written. */
function isTorn(text: string, id: string): boolean {
  const begin = `{"id":"${id}"`;
  return begin.startsWith(text) || (text.startsWith(begin) && parsed(text) === undefined);
}
