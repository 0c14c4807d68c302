import picocolors from 'picocolors';

/** Functions that colour a text, or leave it as it is. */
export type Colours = ReturnType<typeof picocolors.createColors>;

export function coloursOf(hasColours: boolean): Colours {
  return picocolors.createColors(hasColours);
}

/** What a piece of text stands out as. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type Paint = (text: string, style: Style) => string;

/** Colours, or none of them. */
export function painter(hasColours: boolean): Paint {
  const colours = coloursOf(hasColours);
  return (text, style) => colours[style](text);
}
