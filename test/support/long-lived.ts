/** Processes that a suite has started for more than one test, and will end. */
export const longLived = new Set<number>();
