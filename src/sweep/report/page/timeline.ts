import type { ReportData } from '../report-data.js';
import { type Bar, barsOf } from './bars.js';
import type { Choice } from './choice.js';
import type { ChartOption, ChartSeries } from './echarts.js';
import { el } from './element.js';
import { type Drawing, Figure } from './figure.js';
import { counted, cut, durationOf, momentOf } from './format.js';
import type { Palette } from './palette.js';
import { type Section, section } from './section.js';
import { card, itemAt, tooltip } from './tooltip.js';

const LANES_MAX = 64;
const LANE_HEIGHT = 24;
const words = {
  done: 'done',
  failed: 'failed',
  stopped: 'stopped early',
  cancelled: 'cancelled',
  load: 'loading',
} as const;

/** Who did what when: a lane for each worker. */
export function timeline({ data }: Choice): Section {
  const lanes = lanesOf(data);
  const laneAt = new Map(lanes.map(({ worker }, lane) => [worker, lane]));
  const { bars, areMerged } = barsOf(data.tasks, (worker) => laneAt.get(worker));
  const figure = new Figure((width, colours) => drawing(data, { lanes, bars, width, colours }));
  const kinds = (Object.keys(words) as (keyof typeof words)[]).filter((kind) => bars.some((bar) => bar.kind === kind));
  const made = section('timeline', 'Timeline of the workers', {
    about: 'The last attempt of each task, and the loads before it. Drag the handles below to look closer.',
    body: [
      el(
        'div',
        { class: 'legend' },
        kinds.map((kind) => el('span', { class: `has-dot is-${kind}` }, words[kind])),
      ),
      el('div', { class: 'wide' }, figure.element),
    ],
  });
  made.say(
    [
      bars.length === 0 && 'No task has ended so far.',
      data.workers.length > LANES_MAX &&
        `The ${LANES_MAX} of ${data.workers.length} workers with the most tasks are drawn.`,
      areMerged && 'Tasks that follow each other closely are drawn as one.',
    ]
      .filter(Boolean)
      .join(' '),
  );
  return made;
}

interface Lane {
  readonly worker: number;
  readonly label: string;
}

/** By host and name. The GPUs are a part of the label, the host only where there are several. */
function lanesOf({ workers, tasks }: ReportData): Lane[] {
  const counts = workers.map(() => 0);
  for (const worker of tasks.worker) counts[worker] = (counts[worker] ?? 0) + 1;
  const isOneHost = new Set(workers.map(({ host }) => host)).size < 2;
  const named = workers.map(({ name, host, gpus }, worker) => {
    const gpuText = gpus.length > 0 ? `GPU ${gpus.map((gpu) => cut(gpu, 12)).join(', ')}` : '';
    const shown = name === '' ? 'worker' : name;
    return {
      worker,
      label: [isOneHost || name.includes(host) ? '' : host, shown, gpuText].filter(Boolean).join(' · '),
    };
  });
  return named
    .toSorted((one, other) => (counts[other.worker] ?? 0) - (counts[one.worker] ?? 0))
    .slice(0, LANES_MAX)
    .toSorted((one, other) => one.label.localeCompare(other.label, 'en', { numeric: true }));
}

function drawing(
  { tasks, workers }: ReportData,
  given: {
    readonly lanes: readonly Lane[];
    readonly bars: readonly Bar[];
    readonly width: number;
    readonly colours: Palette;
  },
): Drawing | undefined {
  const { lanes, bars, width, colours } = given;
  if (bars.length === 0) return undefined;
  const left = Math.min(190, width * 0.4);
  const option: ChartOption = {
    grid: { left, right: 20, top: 8, bottom: 78 },
    xAxis: {
      type: 'time',
      axisLine: { lineStyle: { color: colours.muted } },
      axisLabel: { color: colours.muted, fontSize: 11, hideOverlap: true },
      splitLine: { show: true, lineStyle: { color: colours.line } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: lanes.map(({ label }) => label),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.muted } },
      axisLabel: {
        color: colours.text,
        fontSize: 11,
        interval: 0,
        formatter: (text: string) => cut(text, Math.floor(left / 6.3)),
      },
    },
    dataZoom: zoomBar(colours, left),
    tooltip: tooltip(colours, (parameters) => {
      const bar = bars[itemAt(parameters).item];
      return bar ? barCard(bar, tasks, workers) : '';
    }),
    series: seriesOf(bars, colours),
  };
  const height = 8 + 78 + Math.max(2, lanes.length) * LANE_HEIGHT;
  return { option, height, label: `Timeline of ${counted(lanes.length, 'worker')}` };
}

/** Each bar in its colour, within the grid. */
function seriesOf(bars: readonly Bar[], colours: Palette): ChartSeries {
  return {
    type: 'custom',
    clip: true,
    progressive: 0,
    encode: { x: [1, 2], y: 0 },
    data: bars.map(({ lane, from, to }) => [lane, from, to]),
    renderItem: (parameters, api) => {
      const { kind } = bars[parameters.dataIndex] ?? { kind: 'done' };
      const lane = Number(api.value(0));
      const [x = 0, y = 0] = api.coord([api.value(1), lane]);
      const [end = 0] = api.coord([api.value(2), lane]);
      const thick = kind === 'load' ? 8 : 14;
      return {
        type: 'rect',
        shape: { x, y: y - thick / 2, width: Math.max(1.5, end - x - 0.5), height: thick, r: 2 },
        style: { fill: colours.status[kind] },
      };
    },
  };
}

function zoomBar({ muted, line, accent }: Palette, left: number): object {
  return {
    type: 'slider',
    filterMode: 'weakFilter',
    left,
    right: 20,
    height: 22,
    bottom: 14,
    borderColor: line,
    backgroundColor: 'transparent',
    fillerColor: `${accent}22`,
    handleStyle: { color: accent, borderColor: accent },
    moveHandleStyle: { color: accent, opacity: 0.4 },
    showDetail: false,
    showDataShadow: false,
    textStyle: { color: muted },
    brushSelect: false,
  };
}

function barCard(bar: Bar, tasks: ReportData['tasks'], workers: ReportData['workers']): HTMLElement {
  const worker = workers[tasks.worker[bar.task] ?? 0];
  const rows: [string, string][] = [
    ['worker', [worker?.name, worker?.host].filter(Boolean).join(' on ')],
    ['GPUs', worker?.gpus.join(', ') ?? ''],
    ['from', momentOf(bar.from)],
    ['took', durationOf(bar.to - bar.from)],
    ['attempt', bar.count === 1 ? String(tasks.attempt[bar.task] ?? 1) : ''],
    ['error', (bar.count === 1 && bar.kind !== 'load' && tasks.error[bar.task]) || ''],
  ];
  const title = bar.count > 1 ? `${counted(bar.count, 'time')} ${words[bar.kind]}` : (tasks.folder[bar.task] ?? '');
  const kind = bar.variable === undefined ? words[bar.kind] : `loading ${bar.variable}`;
  return card(title, [['', kind], ...rows.filter(([, value]) => value !== '')]);
}
