import { OptionError } from '../../base/errors.js';

/** A command's name is a part of its log's. */
export function checkCommandNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!/^[\w-][\w.-]{0,63}$/.test(name)) {
      throw new OptionError(`"${name}" is no name for a command: up to 64 letters, digits, "-", "_" and ".".`);
    }
    if (seen.has(name)) throw new OptionError(`Two commands have the name "${name}".`);
    seen.add(name);
  }
}
