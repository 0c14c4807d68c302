import { OptionError } from '../../base/errors.js';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90` and `90s`, `10m`, `2h`, `1d`, `500ms`. Without a unit these are seconds. */
export function msFrom(text: string, what: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim()) ?? [];
  const ms = Number(number) * unitMs[unit as keyof typeof unitMs]; // one of those in the pattern
  if (number !== undefined && ms > 0) return ms;
  throw new OptionError(`${what} takes a time above 0, such as 90, 90s, 10m or 2h, not ${JSON.stringify(text)}.`);
}

/** For people: `3.2 s`, `12 min`, `5.5 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 90_000) return `${Number((ms / 1000).toPrecision(2))} s`;
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000
    ? `${Number((ms / 3_600_000).toPrecision(2))} h`
    : `${Number((ms / 86_400_000).toPrecision(2))} days`;
}
