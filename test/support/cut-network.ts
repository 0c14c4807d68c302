import { execFileSync } from 'node:child_process';

/** Two hosts that a cable connects, made of a network namespace; the cable can be cut. */
export class CutNetwork {
  readonly name = `pyw-${process.pid}`;
  readonly #here = `pyw${process.pid}a`;
  readonly #there = `pyw${process.pid}b`;
  readonly #net = `10.${77 + (process.pid % 100)}.${process.pid % 250}`;

  /** Nothing where this is not permitted. */
  static make(): CutNetwork | undefined {
    const network = new CutNetwork();
    try {
      network.#build();
      return network;
    } catch {
      network.remove();
      return undefined;
    }
  }

  /** The address of the other host. */
  get far(): string {
    return `${this.#net}.2`;
  }

  /** What to put before a command to run it there. */
  get there(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Nothing gets through any more, and nobody is told. */
  cut(): void {
    ip('-n', this.name, 'link', 'set', this.#there, 'down');
  }

  remove(): void {
    try {
      ip('netns', 'del', this.name); // takes the cable along
    } catch {}
  }

  #build(): void {
    ip('netns', 'add', this.name);
    ip('link', 'add', this.#here, 'type', 'veth', 'peer', 'name', this.#there, 'netns', this.name);
    ip('addr', 'add', `${this.#net}.1/24`, 'dev', this.#here);
    ip('-n', this.name, 'addr', 'add', `${this.far}/24`, 'dev', this.#there);
    ip('link', 'set', this.#here, 'up');
    ip('-n', this.name, 'link', 'set', this.#there, 'up');
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'ignore' });
}
