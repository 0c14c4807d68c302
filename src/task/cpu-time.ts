import { readText } from './resources/read-text.js';

const MS_PER_TICK = 10; // what Linux tells to programs counts in hundredths of a second on every machine

/** Processor time of this process since it was made, in milliseconds; without the programs that it has started. */
export class CpuTime {
  readonly #since = process.cpuUsage();

  read(): number {
    const { user, system } = process.cpuUsage(this.#since);
    return Math.round((user + system) / 1000);
  }
}

/** The same of the programs that end meanwhile, and of those that they have awaited. Linux tells it. */
export class ChildrenCpuTime {
  readonly #before = childrenCpuMs();

  read(): number | undefined {
    const now = childrenCpuMs();
    return now === undefined || this.#before === undefined ? undefined : now - this.#before;
  }
}

function childrenCpuMs(): number | undefined {
  const stat = readText('/proc/self/stat'); // "pid (name) state …"; the name may hold blanks and parentheses
  if (stat === undefined) return undefined;
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  return (Number(user) + Number(system)) * MS_PER_TICK;
}
