import type { ReportColumn } from '../report-data.js';
import { axisOf } from './axis.js';
import type { Choice } from './choice.js';
import type { ChartOption } from './echarts.js';
import { el } from './element.js';
import { type Drawing, Figure } from './figure.js';
import { counted, cut, durationOf, numberOf } from './format.js';
import { importanceOf } from './importance.js';
import type { Palette } from './palette.js';
import { type Scale, scaleOf } from './scale.js';
import { type Section, section } from './section.js';
import { card, itemAt, taskCard, tooltip } from './tooltip.js';

const PLOTS_MAX = 24;
const POINTS_MAX = 2000; // in each
const MEDIANS_MAX = 40;
const LABELS_MAX = 12; // categories that are named below the axis

/** The metric against each parameter, those first that it depends on most. `onPick` hears of a task that was clicked on. */
export function effects(choice: Choice, onPick: (task: number) => void): Section {
  const plots = el('div', { class: 'plots' });
  const made = section('effects', 'Metric against each parameter', {
    about:
      'A point is a task, the line goes through the medians. The share is how much of the order of the tasks the parameter accounts for on its own.',
    body: [plots],
  });
  const cells = new Map(choice.varying.map((column) => [column, cellFor(choice, column, onPick)]));
  const show = (): void => {
    const byImportance = choice.varying
      .map((column) => ({ column, importance: importanceOf(column, choice.metric) }))
      .toSorted((one, other) => other.importance - one.importance)
      .slice(0, PLOTS_MAX);
    plots.replaceChildren(
      ...byImportance.flatMap(({ column, importance }) => {
        const cell = cells.get(column);
        if (cell) cell.share.textContent = `${Math.round(importance * 100)} %`;
        return cell?.element ?? [];
      }),
    );
    made.say(noteOf(choice));
  };
  choice.onChange(() => {
    show();
    for (const { figure } of cells.values()) if (figure.element.isConnected) figure.draw();
  });
  show();
  return made;
}

function noteOf({ varying, ranked, metric }: Choice): string {
  if (varying.length === 0) return 'There is no parameter that varies.';
  if (ranked.length === 0) return `No task has a value for ${cut(metric.name, 40)}.`;
  return [
    varying.length > PLOTS_MAX && `The ${PLOTS_MAX} of ${varying.length} parameters that tell the most are drawn.`,
    ranked.length > POINTS_MAX &&
      `${POINTS_MAX.toLocaleString('en')} of ${counted(ranked.length, 'point')} are drawn in each, evenly spaced; the medians are of all.`,
  ]
    .filter(Boolean)
    .join(' ');
}

interface Cell {
  readonly element: HTMLElement;
  readonly figure: Figure;
  readonly share: HTMLElement;
}

function cellFor(choice: Choice, column: ReportColumn, onPick: (task: number) => void): Cell {
  const scale = scaleOf(column);
  let points: readonly number[] = [];
  const figure = new Figure(
    (_width, colours) => {
      points = pointsOf(choice, scale);
      return drawing(choice, { scale, points, colours });
    },
    (chart) => {
      chart.on('click', (parameters) => {
        const { series, item } = itemAt(parameters);
        const task = series === 0 ? points[item] : undefined;
        if (task !== undefined) onPick(task);
      });
    },
  );
  const share = el('span', { class: 'share' });
  const caption = el('figcaption', {}, el('b', {}, cut(column.name, 40)), share);
  return { element: el('figure', {}, caption, figure.element), figure, share };
}

function pointsOf({ metric, data }: Choice, scale: Scale): number[] {
  const known = data.tasks.status.flatMap((_, index) =>
    metric.values[index] !== null && scale.at(index) !== undefined ? [index] : [],
  );
  if (known.length <= POINTS_MAX) return known;
  return Array.from({ length: POINTS_MAX }, (_, at) => known[Math.floor((at * known.length) / POINTS_MAX)] ?? 0);
}

function drawing(
  choice: Choice,
  { scale, points, colours }: { readonly scale: Scale; readonly points: readonly number[]; readonly colours: Palette },
): Drawing | undefined {
  const { metric } = choice;
  if (points.length === 0) return undefined;
  const isCategory = scale.kind === 'category';
  const results = scaleOf(
    { name: metric.name, kind: 'metric', values: metric.values },
    metric.isMs ? durationOf : numberOf,
  );
  const spread = isCategory && points.length > scale.distinct ? 0.22 : 0;
  const medians = mediansOf(choice, { scale, results });
  const labelMax = isCategory ? Math.max(5, Math.floor(44 / scale.distinct)) : 8;
  const { ticks: _, ...freely } = results; // round numbers do better than those that came out
  const option: ChartOption = {
    grid: { left: 62, right: 14, top: 12, bottom: 30 },
    xAxis: axisOf(scale, { colours, labelMax, labelsMax: LABELS_MAX }),
    yAxis: axisOf(results.kind === 'linear' ? freely : results, { colours, labelMax: 9, labelsMax: LABELS_MAX }),
    tooltip: tooltip(colours, (parameters) => {
      const { series, item } = itemAt(parameters);
      const [task, median] = [points[item], medians[item]];
      if (series === 0) return task === undefined ? '' : taskCard(choice, task);
      if (!median) return '';
      return card(`${scale.name} = ${scale.label(median.at)}`, [
        [`median ${metric.name}`, choice.written(median.value)],
        ['tasks', String(median.count)],
      ]);
    }),
    series: [
      {
        type: 'scatter',
        symbolSize: points.length > 400 ? 4 : 7,
        itemStyle: { color: colours.accent, opacity: points.length > 400 ? 0.35 : 0.5 },
        data: points.map((task, at) => [(scale.at(task) ?? 0) + spread * jitter(at), results.at(task) ?? Number.NaN]),
      },
      {
        type: 'line',
        symbol: 'circle',
        symbolSize: 8,
        lineStyle: { color: colours.strong, width: 2, type: isCategory ? 'dashed' : 'solid' },
        itemStyle: { color: colours.strong },
        data: medians.map(({ at, place }) => [at, place]),
      },
    ],
  };
  return { option, height: 220, label: `${metric.name} against ${scale.name}, ${counted(points.length, 'point')}` };
}

/** Spread out, and always in the same way. */
function jitter(at: number): number {
  return (((at * 0.618_034) % 1) - 0.5) * 2;
}

interface Median {
  readonly at: number;
  readonly value: number;
  /** Where it is on the axis of the metric. */
  readonly place: number;
  readonly count: number;
}

/** Tasks come in the order of their values: what lies in the middle is the median. */
function mediansOf(
  { metric, ranked }: Choice,
  { scale, results }: { readonly scale: Scale; readonly results: Scale },
): Median[] {
  if (scale.distinct > MEDIANS_MAX) return [];
  const byPlace = new Map<number, number[]>();
  for (const index of ranked) {
    const at = scale.at(index);
    if (at === undefined) continue;
    const known = byPlace.get(at);
    if (known) known.push(index);
    else byPlace.set(at, [index]);
  }
  const all = [...byPlace].sort(([one], [other]) => one - other);
  return all.flatMap(([at, indices]) => {
    const middle = indices[indices.length >> 1] ?? 0;
    const [value, place] = [metric.values[middle] ?? null, results.at(middle)];
    return value === null || place === undefined ? [] : [{ at, value, place, count: indices.length }];
  });
}
