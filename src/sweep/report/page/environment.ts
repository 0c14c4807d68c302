import type { RunStart } from '../report-data.js';
import type { Choice } from './choice.js';
import { el } from './element.js';
import { counted } from './format.js';
import { type Section, section } from './section.js';

/** How it was started, each time. */
export function environment({ data }: Choice): Section {
  const { starts } = data;
  const about =
    starts.length === 0
      ? 'Nothing is recorded of how this sweep was started.'
      : `Started ${counted(starts.length, 'time')}; the last one is shown first.`;
  const body = starts.toReversed().map((start, at) => startOf(start, at === 0));
  return section('environment', 'How it was run', { about, body });
}

function startOf({ facts, configuration }: RunStart, isOpen: boolean): HTMLElement {
  return el(
    'details',
    { open: isOpen },
    el('summary', {}, facts[0]?.[1] ?? 'A start'),
    el(
      'dl',
      {},
      facts.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
    ),
    configuration && el('h4', {}, configuration.name),
    configuration && el('pre', { tabindex: 0 }, configuration.text),
  );
}
