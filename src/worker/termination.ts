import { after, settlesWithin } from '../base/deadline.js';

/** A target that has not acknowledged by then blocks its thread. */
const INTERRUPT_AFTER_MS = 200;
/** After SIGKILL only the operating system can still hold a process. */
const KILL_WAIT_MS = 5000;

/** Something that can be taken down step by step: a worker, or one call of a persistent one. */
export interface Descent {
  /** Asks politely. */
  ask(): void;
  /** Settles when the host has heard it. */
  readonly acknowledged: Promise<unknown>;
  /** Cuts off what blocks the host. */
  interrupt(): void;
  /** Ends the host with all it started. */
  kill(): void;
  /** Settles when it is over. */
  readonly ended: Promise<unknown>;
}

/** The ladder: ask, interrupt who does not hear, kill who does not end. Resolves with whether it is over. */
export async function descend(descent: Descent, options: { graceMs: number; force: boolean }): Promise<boolean> {
  descent.ask();
  interruptUnlessHeard(descent);
  if (await settlesWithin(descent.ended, options.graceMs)) return true;
  if (!options.force) return false;
  descent.kill();
  return settlesWithin(descent.ended, KILL_WAIT_MS);
}

/** Goes its own way: also when the patience of whoever asked ends earlier. */
function interruptUnlessHeard({ acknowledged, ended, interrupt }: Descent): void {
  const timer = after(INTERRUPT_AFTER_MS, interrupt);
  for (const settled of [acknowledged, ended]) settled.then(timer.cancel, timer.cancel);
}
