import { Session } from 'node:inspector';
import { type CallFrame, type DebuggerLink, type ParsedScript, readStack } from '../base/read-stack.js';

const ATTACH_WAIT_MS = 500;

/** A thread's stack, read by a debugger session of its parent; the thread may be blocked. */
export async function threadStack(threadId: number): Promise<string> {
  const session = new Session();
  session.connect();
  try {
    const sessionId = await attach(session, threadId);
    return sessionId === undefined ? '' : await readStack(new ThreadLink(session, sessionId));
  } finally {
    session.post('NodeWorker.disable');
    session.disconnect();
  }
}

/** All threads are offered, one event each; the one that is meant is known by its number. */
async function attach(session: Session, threadId: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      if (titleNumber(params.workerInfo.title) === threadId) resolve(params.sessionId);
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, () => {
      setTimeout(() => resolve(undefined), ATTACH_WAIT_MS);
    });
  });
}

class ThreadLink implements DebuggerLink {
  readonly #session: Session;
  readonly #sessionId: string;
  #lastId = 0;

  constructor(session: Session, sessionId: string) {
    this.#session = session;
    this.#sessionId = sessionId;
  }

  post(method: string): void {
    const message = JSON.stringify({ id: ++this.#lastId, method });
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#sessionId, message });
  }

  onScript(receive: (script: ParsedScript) => void): void {
    this.#onEvent<ParsedScript>('Debugger.scriptParsed', receive);
  }

  onPaused(receive: (frames: readonly CallFrame[]) => void): void {
    this.#onEvent<{ callFrames: CallFrame[] }>('Debugger.paused', ({ callFrames }) => receive(callFrames));
  }

  #onEvent<P>(method: string, receive: (params: P) => void): void {
    this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId !== this.#sessionId) return;
      const message = JSON.parse(params.message) as { method?: string; params: P };
      if (message.method === method) receive(message.params);
    });
  }
}

function titleNumber(title: string): number {
  return Number(/\d+/.exec(title)?.[0] ?? Number.NaN);
}
