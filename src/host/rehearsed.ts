import { context } from './context.js';

/** The target of a rehearsal: like most, it lies in a file and asks for its context. */
export const rehearsed = (): string => context().name;
