import { type Kind, tmpSshServer } from 'pyworkers';
import { freePort } from '../support/free-port.js';
import { ServerProcess, testToken } from '../support/server-process.js';
import { hasSshd, Sshd } from '../support/sshd.js';

/** A kind of worker and in what it differs from the others. */
export interface KindUnderTest {
  readonly kind: Kind;
  /** Has a thread or process of its own, which can be ended whatever it does. */
  readonly isIsolated: boolean;
  /** Runs where its caller does, with its environment and its folders. */
  readonly isHere: boolean;
  /** Has a process of its own, here or on a server. */
  readonly hasProcess: boolean;
  /** A target that blocks is cut off, and the host lives on to tell its state. */
  readonly survivesInterrupt: boolean;
}

interface Variant extends KindUnderTest {
  readonly title: string;
  /** Leads remote workers of a suite somewhere; returns how to end that, or nothing where that cannot be had. */
  readonly lead?: () => Promise<(() => Promise<unknown>) | undefined>;
}

/** `PYW_TEST_ROUTES=plain` leaves out the other ways to a server, which take their time. */
const isPlain = process.env.PYW_TEST_ROUTES === 'plain';

const remote = { kind: 'remote', isHere: false, isIsolated: true, hasProcess: true, survivesInterrupt: true } as const;
const variants: readonly Variant[] = [
  { title: 'thread', kind: 'thread', isHere: true, isIsolated: true, hasProcess: false, survivesInterrupt: false },
  { title: 'process', kind: 'process', isHere: true, isIsolated: true, hasProcess: true, survivesInterrupt: true },
  { title: 'remote', ...remote, lead: toServer },
  { title: 'remote, over ssh', ...remote, lead: overSsh },
  { title: 'remote, dialling in', ...remote, lead: diallingIn },
  { title: 'inline', kind: 'inline', isHere: true, isIsolated: false, hasProcess: false, survivesInterrupt: false },
];

/** The same suite for every kind; with `isolated`, only for those that can be forced. */
export function onEachKind(
  title: string,
  suite: (under: KindUnderTest) => void,
  options: { isolated?: boolean } = {},
): void {
  for (const under of variants) {
    if (isPlain && under.title.startsWith('remote, ')) continue;
    if (options.isolated && !under.isIsolated) continue;
    describe(`${title} (${under.title})`, () => {
      if (under.lead) leadThere(under.lead);
      suite(under);
    });
  }
}

function leadThere(lead: NonNullable<Variant['lead']>): void {
  let end: (() => Promise<unknown>) | undefined;
  before(async function () {
    end = await lead();
    if (end) return;
    process.stderr.write('\n  There is no sshd here: the suites over ssh are skipped.\n');
    this.skip();
  });
  after(async () => {
    delete process.env.PYW_HOST;
    delete process.env.PYW_TOKEN;
    await end?.();
  });
}

async function toServer(): Promise<() => Promise<unknown>> {
  const server = await ServerProcess.start();
  Object.assign(process.env, { PYW_HOST: server.address, PYW_TOKEN: testToken });
  return () => server.stop();
}

async function overSsh(): Promise<(() => Promise<unknown>) | undefined> {
  if (!hasSshd) return undefined;
  const sshd = await Sshd.start();
  const server = await tmpSshServer('far', { config: sshd.config });
  Object.assign(process.env, { PYW_HOST: `127.0.0.1:${server.port}`, PYW_TOKEN: server.token });
  return async () => {
    await server.terminate();
    await sshd.stop();
  };
}

async function diallingIn(): Promise<() => Promise<unknown>> {
  const port = await freePort();
  Object.assign(process.env, { PYW_HOST: `listen:${port}`, PYW_TOKEN: testToken });
  const server = await ServerProcess.start(['--dial', `127.0.0.1:${port}`]);
  return () => server.stop();
}
