/** The command line is wrong: the message says how. */
export class UsageError extends Error {}

export function numberOf(text: string, name: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new UsageError(`${name} takes a number, not "${text}"`);
}

export function msOf(seconds: string | undefined, name: string): number | undefined {
  return seconds === undefined ? undefined : 1000 * numberOf(seconds, name);
}
