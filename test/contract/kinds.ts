import type { Kind } from 'pyworkers';
import { ServerProcess, testToken } from '../support/server-process.js';

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

const kinds: readonly KindUnderTest[] = [
  { kind: 'thread', isHere: true, isIsolated: true, hasProcess: false, survivesInterrupt: false },
  { kind: 'process', isHere: true, isIsolated: true, hasProcess: true, survivesInterrupt: true },
  { kind: 'remote', isHere: false, isIsolated: true, hasProcess: true, survivesInterrupt: true },
  { kind: 'inline', isHere: true, isIsolated: false, hasProcess: false, survivesInterrupt: false },
];

/** The same suite for every kind; with `isolated`, only for those that can be forced. */
export function onEachKind(
  title: string,
  suite: (under: KindUnderTest) => void,
  options: { isolated?: boolean } = {},
): void {
  for (const under of kinds) {
    if (options.isolated && !under.isIsolated) continue;
    describe(`${title} (${under.kind})`, () => {
      if (under.kind === 'remote') onAServer();
      suite(under);
    });
  }
}

/** Remote workers of this suite go to a server of its own unless they say otherwise. */
function onAServer(): void {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
    Object.assign(process.env, { PYW_HOST: server.address, PYW_TOKEN: testToken });
  });
  after(async () => {
    delete process.env.PYW_HOST;
    delete process.env.PYW_TOKEN;
    await server.stop();
  });
}
