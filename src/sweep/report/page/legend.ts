import type { Choice } from './choice.js';
import { el } from './element.js';
import { cut } from './format.js';

/** What the colours say: worst to best. Its element follows the metric. */
export function legend(choice: Choice): HTMLElement {
  const element = el('div', { class: 'legend' });
  const show = (): void => {
    const { quality, metric, goal } = choice;
    element.replaceChildren(
      el('span', {}, choice.written(quality.worst)),
      el('i', { class: 'ramp', title: `median ${choice.written(quality.median)}` }),
      el('span', {}, choice.written(quality.best)),
      el('em', {}, `${cut(metric.name, 40)} by rank, ${goal === 'min' ? 'lower' : 'higher'} is better`),
    );
    element.hidden = choice.ranked.length === 0;
  };
  choice.onChange(show);
  show();
  return element;
}
