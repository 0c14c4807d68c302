import { type Sealed, unseal } from '../codec/codec.js';
import type { Outcome } from './outcome.js';

export function opened(payload: Sealed, attachments: readonly unknown[]): Outcome<unknown> {
  try {
    return { type: 'returned', value: unseal(payload, attachments) };
  } catch (error) {
    return { type: 'threw', error };
  }
}

/** One that cannot be rebuilt gives the error that says so. */
export function valueIn(payload: Sealed, attachments: readonly unknown[]): unknown {
  try {
    return unseal(payload, attachments);
  } catch (error) {
    return error;
  }
}
