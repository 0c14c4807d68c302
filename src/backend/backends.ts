import { OptionError } from '../base/errors.js';
import type { Kind } from '../protocol/messages.js';
import type { Backend } from './backend.js';
import { inlineBackend } from './inline.js';
import { processBackend } from './process.js';
import { remoteBackend } from './remote.js';
import { threadBackend } from './thread.js';

const backends: Readonly<Record<Kind, Backend>> = {
  thread: threadBackend,
  process: processBackend,
  remote: remoteBackend,
  inline: inlineBackend,
};

/** `PYW_KIND=inline` turns every local worker into one that a debugger can follow. */
export function backendOf(kind: Kind): Backend {
  const forced = process.env.PYW_KIND;
  if (forced !== undefined && forced !== '' && forced !== 'inline') {
    throw new OptionError(`PYW_KIND is "${forced}" in the environment; the only kind it can force is "inline".`);
  }
  const backend = Object.hasOwn(backends, kind) ? backends[forced && kind !== 'remote' ? 'inline' : kind] : undefined;
  if (backend) return backend;
  throw new OptionError(
    `There is no worker of kind "${String(kind)}"; the kinds are ${Object.keys(backends).join(', ')}.`,
  );
}
