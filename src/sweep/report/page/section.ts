import { el } from './element.js';

export interface Section {
  readonly id: string;
  readonly element: HTMLElement;
  /** Below the heading: what was left out, and why. Nothing is shown for ''. */
  say(text: string): void;
}

/** A part of the report, with a heading that can be linked to. */
export function section(
  id: string,
  title: string,
  { about, body }: { readonly about: string; readonly body: readonly Node[] },
): Section {
  const note = el('p', { class: 'note', hidden: true });
  const heading = el('h2', { id: `${id}-title` }, title);
  const element = el(
    'section',
    { id, class: 'card', 'aria-labelledby': `${id}-title` },
    heading,
    el('p', { class: 'about' }, about),
    note,
    ...body,
  );
  return {
    id,
    element,
    say(text) {
      note.textContent = text;
      note.hidden = text === '';
    },
  };
}
