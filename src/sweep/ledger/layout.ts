import { join, resolve } from 'node:path';
import { OptionError } from '../../base/errors.js';

/** Where what lies in a sweep's output folder. */
export class Layout {
  readonly output: string;
  readonly root: string;
  readonly journals: string;
  readonly drivers: string;
  readonly starts: string;
  readonly scratch: string;
  readonly claims: string;
  readonly specification: string;

  constructor(output: string) {
    this.output = resolve(output);
    this.root = join(this.output, '.pyw');
    this.journals = join(this.root, 'journal');
    this.drivers = join(this.root, 'drivers');
    this.starts = join(this.root, 'starts');
    this.scratch = join(this.root, 'tmp');
    this.claims = join(this.root, 'running');
    this.specification = join(this.root, 'sweep.json');
  }

  journal(driver: string): string {
    return `${this.journals}/${driver}.jsonl`;
  }

  registration(driver: string): string {
    return `${this.drivers}/${driver}.json`;
  }

  /** Says which driver works at a task. */
  claim(id: string): string {
    return `${this.claims}/${id}.json`;
  }

  /** What a driver writes before it gives it its name. One file each: a dead driver leaves one at most. */
  unnamed(driver: string): string {
    return `${this.scratch}/${driver}`;
  }

  /** A task's folder. Refuses every way out of the output folder. */
  task(folder: string): string {
    if (!isInside(folder)) {
      throw new OptionError(
        `A task's folder lies in the output folder, not at ${JSON.stringify(folder)}. Give it a relative path without "..".`,
      );
    }
    return `${this.output}/${folder}`;
  }
}

function isInside(folder: string): boolean {
  if (folder === '' || folder.includes('\0') || folder.includes('\\')) return false;
  const [first, ...rest] = folder.split('/');
  return first !== '.pyw' && [first, ...rest].every((part) => part !== '' && part !== '.' && part !== '..');
}
