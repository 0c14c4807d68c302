import { axisOf } from './axis.js';
import type { Choice } from './choice.js';
import type { ChartOption, EChartsType } from './echarts.js';
import { el } from './element.js';
import { type Drawing, Figure } from './figure.js';
import { counted, cut, durationOf, numberOf } from './format.js';
import { importanceOf } from './importance.js';
import { legend } from './legend.js';
import { onRamp, type Palette } from './palette.js';
import { scaleOf } from './scale.js';
import { type Section, section } from './section.js';
import { itemAt, taskCard, tooltip } from './tooltip.js';

const LINES_MAX = 1500;
const BEST_KEPT = 200;
const AXES_MAX = 14;
const NARROW = 560;

/** A line for each task, through what it was given to what came of it. `onBrush` hears which tasks are inside all brushes. */
export function parallel(choice: Choice, onBrush: (tasks: readonly number[] | undefined) => void): Section {
  let lines: readonly number[] = [];
  const figure = new Figure(
    (width, colours) => {
      lines = linesOf(choice.ranked);
      return drawing(choice, lines, { width, colours });
    },
    (chart) => {
      chart.on('axisareaselected', () => {
        const inside = activeIn(chart).flatMap((at) => lines[at] ?? []);
        onBrush(inside.length < lines.length ? inside : undefined);
      });
    },
  );
  const made = section('parallel', 'All parameters at once', {
    about: 'Each line is a task. Drag along an axis to keep the tasks within that range; the table follows.',
    body: [legend(choice), el('div', { class: 'wide' }, figure.element)],
  });
  const say = (): void => made.say(noteOf(choice));
  choice.onChange(() => {
    say();
    onBrush(undefined);
    figure.draw();
  });
  say();
  return made;
}

/** The worst first, so that good lines lie on top. */
function linesOf(ranked: readonly number[]): number[] {
  if (ranked.length <= LINES_MAX) return ranked.toReversed();
  const others = ranked.slice(BEST_KEPT);
  const wanted = LINES_MAX - BEST_KEPT;
  const spaced = Array.from({ length: wanted }, (_, at) => others[Math.floor((at * others.length) / wanted)] ?? 0);
  return [...ranked.slice(0, BEST_KEPT), ...spaced].toReversed();
}

function noteOf({ ranked, varying, metric, data }: Choice): string {
  const without = data.tasks.status.length - ranked.length;
  return [
    ranked.length > LINES_MAX &&
      `${LINES_MAX.toLocaleString('en')} of ${counted(ranked.length, 'line')} are drawn: the best ${BEST_KEPT}, and of the others evenly spaced ones.`,
    varying.length > AXES_MAX && `The ${AXES_MAX} of ${varying.length} parameters that tell the most are drawn.`,
    without > 0 &&
      ranked.length > 0 &&
      `${counted(without, 'task')} without a value for ${cut(metric.name, 40)} are left out.`,
    varying.length === 0 && 'There is no parameter that varies.',
    ranked.length === 0 && `No task has a value for ${cut(metric.name, 40)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function drawing(
  choice: Choice,
  lines: readonly number[],
  { width, colours }: { readonly width: number; readonly colours: Palette },
): Drawing | undefined {
  const { metric, goal, quality } = choice;
  const telling = choice.varying
    .map((column) => ({ column, importance: importanceOf(column, metric) }))
    .toSorted((one, other) => other.importance - one.importance)
    .slice(0, AXES_MAX);
  const scales = choice.varying
    .filter((column) => telling.some((each) => each.column === column))
    .map((column) => scaleOf(column));
  if (scales.length === 0 || lines.length === 0) return undefined;
  const write = metric.isMs ? durationOf : numberOf;
  const results = scaleOf({ name: metric.name, kind: 'metric', values: metric.values }, write);
  const isNarrow = width < NARROW;
  const all = [...scales, results];
  const axes = all.map((scale, dim) => {
    const isMetric = scale === results;
    const inverse = isMetric && goal === 'min'; // the best is on top, or on the right
    const name = {
      color: isMetric ? colours.strong : colours.text,
      ground: colours.card,
      isStrong: isMetric,
      isNarrow,
      inverse,
    };
    return {
      ...axisOf(scale, { colours, labelMax: isNarrow ? 8 : 14, labelsMax: isNarrow ? 5 : 12 }),
      ...nameOf(scale.name, name),
      dim,
      inverse,
      z: 10,
    };
  });
  const opacity = Math.max(0.25, Math.min(0.85, 40 / Math.sqrt(lines.length * 10)));
  const height = isNarrow ? 60 + all.length * 74 : 400;
  const option: ChartOption = {
    parallel: {
      layout: isNarrow ? 'vertical' : 'horizontal',
      ...(isNarrow ? { left: 16, right: 24, top: 34, bottom: 34 } : { left: 56, right: 96, top: 48, bottom: 28 }),
      parallelAxisDefault: { areaSelectStyle: { width: 16, color: colours.accent, opacity: 0.3, borderWidth: 0 } },
    },
    parallelAxis: axes,
    tooltip: tooltip(colours, (parameters) => {
      const task = lines[itemAt(parameters).item];
      return task === undefined ? '' : taskCard(choice, task);
    }),
    series: {
      type: 'parallel',
      inactiveOpacity: 0.03,
      activeOpacity: opacity,
      progressive: 0,
      lineStyle: { width: lines.length > 300 ? 1 : 1.6, opacity },
      emphasis: { lineStyle: { width: 3, opacity: 1 } },
      data: lines.map((task) => ({
        value: all.map((scale) => scale.at(task) ?? Number.NaN),
        lineStyle: { color: onRamp(colours.ramp, quality.of(metric.values[task] ?? 0)) },
      })),
    },
  };
  return { option, height, label: `Parallel coordinates of ${counted(lines.length, 'task')}, by ${metric.name}` };
}

function nameOf(
  name: string,
  looks: {
    readonly color: string;
    readonly ground: string;
    readonly isStrong: boolean;
    readonly isNarrow: boolean;
    readonly inverse: boolean;
  },
): object {
  return {
    name: cut(name, 22),
    nameLocation: looks.isNarrow !== looks.inverse ? 'start' : 'end',
    nameGap: looks.isNarrow ? 0 : 16,
    nameTextStyle: {
      color: looks.color,
      fontSize: 12,
      textBorderColor: looks.ground,
      textBorderWidth: 3,
      ...(looks.isStrong && { fontWeight: 'bold' }),
      ...(looks.isNarrow && { align: 'left', verticalAlign: 'bottom', padding: [0, 0, 10, 0] }),
    },
  };
}

/** Lines inside all brushes. ECharts' own example asks its model so, which its types hide. */
function activeIn(chart: EChartsType): number[] {
  interface Model {
    getSeriesByIndex(index: number): { getRawIndicesByActiveState(state: string): number[] } | undefined;
  }
  const model = (chart as unknown as { getModel(): Model }).getModel();
  const series = model.getSeriesByIndex(0);
  return [
    ...(series?.getRawIndicesByActiveState('active') ?? []),
    ...(series?.getRawIndicesByActiveState('normal') ?? []),
  ];
}
