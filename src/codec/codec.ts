import { UnsendableError } from '../base/errors.js';
import { flatten } from './flatten.js';
import type { AttachmentSink, Graph } from './graph.js';
import { inflate } from './inflate.js';
import { isPlain } from './plain.js';

/** A value ready to be packed: as it is, or as its graph. */
export type Sealed = { readonly plain: unknown } | { readonly graph: Graph };

/** Throws `UnsendableError`, naming the place within `rootName`; then nothing of the value has been sent. */
export function seal(value: unknown, rootName: string, sink: AttachmentSink): Sealed {
  const plain = sink.transfer.size === 0 ? sealPlain(value) : undefined;
  return plain ?? { graph: flatten(value, rootName, sink) };
}

/** The same for a value that needs no more than a look; nothing for any other. */
export function sealPlain(value: unknown): Sealed | undefined {
  return looksPlain(value) ? { plain: value } : undefined;
}

export function unseal(sealed: Sealed, attachments: readonly unknown[]): unknown {
  if ('plain' in sealed) return sealed.plain;
  try {
    return inflate(sealed.graph, attachments);
  } catch (cause) {
    throw new UnsendableError(
      `The value arrived, but could not be rebuilt: ${String((cause as Error)?.message ?? cause)}`,
      { path: '', cause },
    );
  }
}

function looksPlain(value: unknown): boolean {
  try {
    return isPlain(value);
  } catch {
    return false; // a getter threw; flattening meets it again and knows its path
  }
}
