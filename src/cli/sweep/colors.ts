import { type Colours, coloursOf } from '../../sweep/view/colours.js';

export type Colors = Colours;

/** Colours for a stream: on a terminal, unless `NO_COLOR` is set; with `FORCE_COLOR` everywhere. */
export function colorsFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Colors {
  const isForced = Boolean(env.FORCE_COLOR) && env.FORCE_COLOR !== '0';
  const isWanted = stream.isTTY === true && env.TERM !== 'dumb' && env.FORCE_COLOR !== '0';
  return coloursOf(!env.NO_COLOR && (isForced || isWanted));
}
