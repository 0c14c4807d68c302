import { codeOf } from '../../space/canonical.js';
import { componentOf } from '../../space/component.js';
import type { Chosen } from './runner-name.js';

const bytesMax = 240;

/**
 * Folders for points, by the names that runner would give them. It lets different points share one; here the first has it,
 * and another has what it differs in behind it: `Lr_0.123457~lr=0.12345671`.
 */
export class RunnerFolders {
  readonly #byId = new Map<string, string>();
  readonly #owners = new Map<string, readonly Chosen[]>();

  /** A point that comes again keeps what it has. */
  add(id: string, name: string, chosen: readonly Chosen[]): void {
    if (this.#byId.has(id)) return;
    const folder = this.#free(id, name === '' ? 'default' : name, chosen);
    this.#owners.set(folder, chosen);
    this.#byId.set(id, folder);
  }

  of(id: string): string {
    return this.#byId.get(id) ?? id;
  }

  #free(id: string, name: string, chosen: readonly Chosen[]): string {
    if (Buffer.byteLength(name) > bytesMax) return `${cut(name)}~~${id}`;
    const owner = this.#owners.get(name);
    if (!owner) return name;
    const different = chosen.filter(({ name: own, given }) =>
      owner.every((other) => other.name !== own || codeOf(other.given.value) !== codeOf(given.value)),
    );
    const told = different.map(({ name: own, given }) =>
      componentOf({ name: own, code: codeOf(given.value), text: given.text }),
    );
    const longer = `${name}~${told.join(',')}`;
    const isFree = told.length > 0 && Buffer.byteLength(longer) <= bytesMax && !this.#owners.has(longer);
    return isFree ? longer : `${cut(name)}~~${id}`;
  }
}

/** Its beginning, so that the id behind it has room. */
function cut(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > bytesMax - 60) short = [...short].slice(0, -1).join('');
  return short;
}
