import type { Choice } from './choice.js';
import type { ChartOption } from './echarts.js';
import { el } from './element.js';
import { cut, textOf } from './format.js';
import type { Palette } from './palette.js';

type Rows = readonly (readonly [name: string, value: string])[];

/** Elements instead of HTML: a value is shown as the text that it is. */
export function tooltip(colours: Palette, content: (parameters: unknown) => HTMLElement | ''): ChartOption['tooltip'] {
  return {
    confine: false,
    appendTo: 'body',
    backgroundColor: colours.card,
    borderColor: colours.line,
    textStyle: { color: colours.text, fontSize: 12 },
    formatter: (parameters: unknown) => content(parameters),
  };
}

/** A title, and pairs below it. */
export function card(title: string, rows: Rows): HTMLElement {
  return el(
    'div',
    { class: 'tip' },
    el('b', {}, cut(title, 80)),
    el(
      'table',
      {},
      rows.map(([name, value]) => el('tr', {}, el('th', {}, cut(name, 40)), el('td', {}, cut(value, 60)))),
    ),
  );
}

const PARAMETERS_MAX = 16;

/** One task: what it was given, and what came of it. */
export function taskCard(choice: Choice, index: number): HTMLElement {
  const { data, varying, metric } = choice;
  const value = choice.written(metric.values[index]);
  const given = varying
    .slice(0, PARAMETERS_MAX)
    .map(({ name, values }): [string, string] => [name, textOf(values[index] ?? null)]);
  return card(data.tasks.folder[index] ?? '', [[metric.name, value], ...given]);
}

/** Which item of a series the mouse is on. ECharts types what it gives for all its charts at once. */
export function itemAt(parameters: unknown): { readonly series: number; readonly item: number } {
  const { seriesIndex = 0, dataIndex = 0 } = parameters as { seriesIndex?: number; dataIndex?: number };
  return { series: seriesIndex, item: dataIndex };
}
