import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { killTreeNow } from '../base/kill-tree.js';
import { readStack } from '../base/read-stack.js';
import { CONTROL_FD, type Control, lineOf, lineReader } from '../protocol/control.js';
import { Flags } from '../protocol/flags.js';
import type { UrgentOrder } from '../protocol/messages.js';

/*
 * A thread beside the host's own: it hears the caller while the target blocks, cuts the target off, looks at its
 * stack, and ends the whole process when the caller is gone.
 */
const CLAIM_TRIES = 40;
const CLAIM_EVERY_MS = 5;
const ORPHAN_INTERRUPT_MS = 150;
const ORPHAN_KILL_MS = 600;

const flags = new Flags(workerData as SharedArrayBuffer);
const control = new Socket({ fd: CONTROL_FD, readable: true, writable: true });
let isOrphan = false;

control.on('data', lineReader(obey));
control.on('error', becomeOrphan);
control.on('close', becomeOrphan);
control.on('end', becomeOrphan);

function obey(message: Control): void {
  switch (message.type) {
    case 'terminate':
    case 'cancel':
    case 'recall':
      return passOn(message);
    case 'interrupt':
      return interrupt(message.id, CLAIM_TRIES);
    case 'stack':
      return void answerStack();
    default:
      message satisfies never;
  }
}

function passOn(order: UrgentOrder): void {
  const recalled = flags.announce(order);
  parentPort?.postMessage(order);
  if (recalled) control.write(lineOf({ type: 'recalled', ...recalled }));
}

/** The call may be between two moments in which it can be cut, hence several tries. */
function interrupt(id: number | undefined, tries: number): void {
  if (flags.claimForInterrupt(id)) process.kill(process.pid, 'SIGINT');
  else if (tries > 1) setTimeout(interrupt, CLAIM_EVERY_MS, id, tries - 1);
}

async function answerStack(): Promise<void> {
  const session = new Session();
  session.connectToMainThread();
  try {
    const stack = await readStack({
      post: (method) => session.post(method),
      onScript: (receive) => session.on('Debugger.scriptParsed', ({ params }) => receive(params)),
      onPaused: (receive) => session.once('Debugger.paused', ({ params }) => receive(params.callFrames)),
    });
    control.write(lineOf({ type: 'stack', stack }));
  } finally {
    session.disconnect(); // still connected, the process would wait for it at its end
  }
}

/** The caller has died, or closed the pipe. The target gets a moment to clean up. */
function becomeOrphan(): void {
  if (isOrphan) return;
  isOrphan = true;
  obey({ type: 'terminate' });
  setTimeout(() => interrupt(undefined, 1), ORPHAN_INTERRUPT_MS);
  setTimeout(() => killTreeNow(process.pid), ORPHAN_KILL_MS);
}
