/** The colours of the page as it is shown now: charts are drawn in them. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  readonly accent: string;
  readonly strong: string;
  readonly status: Readonly<Record<'done' | 'failed' | 'stopped' | 'cancelled' | 'load', string>>;
  /** From the worst to the best. */
  readonly ramp: readonly string[];
}

export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read('text'),
    muted: read('muted'),
    line: read('line'),
    card: read('card'),
    accent: read('accent'),
    strong: read('strong'),
    status: {
      done: read('done'),
      failed: read('failed'),
      stopped: read('stopped'),
      cancelled: read('cancelled'),
      load: read('load'),
    },
    ramp: [0, 1, 2, 3, 4].map((at) => read(`ramp-${at}`)),
  };
}

/** The colour at a place of the ramp, 0 to 1. */
export function onRamp(ramp: readonly string[], at: number): string {
  const position = Math.min(1, Math.max(0, at)) * (ramp.length - 1);
  const below = Math.min(Math.floor(position), ramp.length - 2);
  const part = position - below;
  const [from, to] = [channels(ramp[below]), channels(ramp[below + 1])];
  return `rgb(${from.map((channel, index) => Math.round(channel + ((to[index] ?? 0) - channel) * part)).join()})`;
}

/** Black or white, whichever can be read on that colour. */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.19 ? '#10141a' : '#ffffff';
}

/** Of `#rrggbb` or `rgb(r,g,b)`. */
function channels(colour = '#000000'): number[] {
  if (!colour.startsWith('#')) return (colour.match(/\d+/g) ?? []).map(Number);
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
