import type { ReportColumn } from '../report-data.js';
import type { Choice } from './choice.js';
import type { ChartOption, ChartSeries } from './echarts.js';
import { el, select } from './element.js';
import { type Drawing, Figure } from './figure.js';
import { counted, cut } from './format.js';
import { importanceOf } from './importance.js';
import { legend } from './legend.js';
import { type Levels, levelsOf } from './levels.js';
import { inkOn, onRamp, type Palette } from './palette.js';
import { type Section, section } from './section.js';
import { card, itemAt, tooltip } from './tooltip.js';

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly values: readonly number[];
}

/** Two parameters against each other: the mean of the metric over all others. */
export function heat(choice: Choice): Section {
  const [first, second] = choice.varying.toSorted(
    (one, other) => importanceOf(other, choice.metric) - importanceOf(one, choice.metric),
  );
  let [across, down] = [first, second];
  const figure = new Figure((width, colours) =>
    across && down ? drawing(choice, { across, down, width, colours }) : undefined,
  );
  const options = choice.varying.map(({ name }, index) => ({ value: String(index), text: cut(name, 60) }));
  const box = (
    label: string,
    name: string,
    column: ReportColumn | undefined,
    onChange: (column: ReportColumn) => void,
  ): HTMLElement => {
    const value = String(column ? choice.varying.indexOf(column) : 0);
    return select(label, options, {
      name,
      value,
      onChange: (chosen) => {
        onChange(choice.varying[Number(chosen)] ?? (column as ReportColumn)); // the options are of that list
        show();
      },
    });
  };
  const controls = el(
    'div',
    { class: 'controls' },
    box('Across', 'across', across, (column) => {
      across = column;
    }),
    box('Down', 'down', down, (column) => {
      down = column;
    }),
  );
  const made = section('heat', 'Two parameters against each other', {
    about:
      'Each cell is the mean of all tasks with these two values, over all other parameters and seeds. How many tasks these are stands in brackets.',
    body: [...(second ? [controls] : []), legend(choice), el('div', { class: 'wide' }, figure.element)],
  });
  const show = (): void => {
    made.say(noteOf(choice, across, down));
    figure.draw();
  };
  choice.onChange(show);
  made.say(noteOf(choice, across, down));
  return made;
}

function noteOf({ ranked, metric }: Choice, across: ReportColumn | undefined, down: ReportColumn | undefined): string {
  if (!across || !down) return 'It takes two parameters that vary.';
  if (ranked.length === 0) return `No task has a value for ${cut(metric.name, 40)}.`;
  return [across, down]
    .flatMap((column) => {
      const { leftOut } = levelsOf(column);
      return leftOut > 0 ? [`${counted(leftOut, 'rarer value')} of ${cut(column.name, 40)} are left out.`] : [];
    })
    .join(' ');
}

function cellsOf({ metric }: Choice, columns: Levels, rows: Levels): Cell[] {
  const cells = new Map<string, { readonly x: number; readonly y: number; readonly values: number[] }>();
  metric.values.forEach((value, index) => {
    const [x, y] = [columns.of(index), rows.of(index)];
    if (value === null || x === undefined || y === undefined) return;
    const cell = cells.get(`${x} ${y}`) ?? { x, y, values: [] };
    cell.values.push(value);
    cells.set(`${x} ${y}`, cell);
  });
  return [...cells.values()];
}

function drawing(
  choice: Choice,
  given: {
    readonly across: ReportColumn;
    readonly down: ReportColumn;
    readonly width: number;
    readonly colours: Palette;
  },
): Drawing | undefined {
  const { across, down, width, colours } = given;
  const [columns, rows] = [levelsOf(across), levelsOf(down)];
  const cells = cellsOf(choice, columns, rows);
  if (cells.length === 0) return undefined;
  const left = Math.min(150, width * 0.3);
  const cellWidth = (width - left - 20) / columns.labels.length;
  const rowHeight = Math.max(36, Math.min(56, 420 / rows.labels.length));
  const isTurned = cellWidth < 44;
  const bottom = isTurned ? 92 : 48;
  const option: ChartOption = {
    grid: { left, right: 20, top: 10, bottom },
    xAxis: {
      ...axisOf(across.name, columns, colours),
      nameGap: isTurned ? 74 : 30,
      axisLabel: {
        ...labelLooks(colours),
        ...(isTurned && { rotate: 55 }),
        formatter: (text: string) => cut(text, isTurned ? 12 : Math.floor(cellWidth / 6.5)),
      },
    },
    yAxis: {
      inverse: true,
      ...axisOf(down.name, rows, colours),
      nameGap: left - 22,
      axisLabel: { ...labelLooks(colours), formatter: (text: string) => cut(text, Math.floor((left - 30) / 6.5)) },
    },
    tooltip: tooltip(colours, (parameters) => {
      const cell = cells[itemAt(parameters).item];
      return cell ? cellCard(choice, cell, [`${across.name} = ${columns.labels[cell.x]}`, `${down.name} = ${rows.labels[cell.y]}`]) : ''; // biome-ignore format: one thought
    }),
    series: seriesOf(choice, cells, { colours, hasLabels: cellWidth >= 44 }),
  };
  const height = 10 + bottom + rows.labels.length * rowHeight;
  return { option, height, label: `Mean ${choice.metric.name} by ${across.name} and ${down.name}` };
}

/** Cells in colours by rank: with those of a heat map of ECharts, an outlier would take the colours of all others. */
function seriesOf(
  choice: Choice,
  cells: readonly Cell[],
  { colours, hasLabels }: { readonly colours: Palette; readonly hasLabels: boolean },
): ChartSeries {
  return {
    type: 'custom',
    progressive: 0,
    encode: { x: 0, y: 1 },
    data: cells.map(({ x, y }) => [x, y]),
    renderItem: (parameters, api) => {
      const cell = cells[parameters.dataIndex];
      if (!cell) return undefined;
      const [x = 0, y = 0] = api.coord([cell.x, cell.y]);
      const [width = 0, height = 0] = [api.size?.([1, 1]) ?? 0].flat();
      const mean = meanOf(cell.values);
      const fill = onRamp(colours.ramp, choice.quality.of(mean));
      const text = hasLabels ? `${choice.written(mean)}\n(${cell.values.length})` : '';
      return {
        type: 'rect',
        shape: { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2, r: 4 },
        style: { fill },
        textConfig: { position: 'inside' },
        textContent: { type: 'text', style: { text, fill: inkOn(fill), fontSize: 11, lineHeight: 14 } },
      };
    },
  };
}

function cellCard(choice: Choice, { values }: Cell, names: readonly [string, string]): HTMLElement {
  const mean = meanOf(values);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return card(`${cut(names[0], 38)}, ${cut(names[1], 38)}`, [
    [`mean ${choice.metric.name}`, choice.written(mean) + (values.length > 1 ? ` ± ${choice.written(deviation)}` : '')],
    ['tasks', String(values.length)],
    ['least', choice.written(Math.min(...values.slice(0, 10_000)))],
    ['greatest', choice.written(Math.max(...values.slice(0, 10_000)))],
  ]);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function axisOf(name: string, { labels }: Levels, { text, muted }: Palette): object {
  return {
    type: 'category',
    data: [...labels],
    name: cut(name, 40),
    nameLocation: 'middle',
    nameTextStyle: { color: text, fontSize: 12, fontWeight: 'bold' },
    axisLine: { lineStyle: { color: muted } },
    axisTick: { show: false },
    splitArea: { show: false },
  };
}

function labelLooks({ muted }: Palette): { color: string; fontSize: number; interval: number } {
  return { color: muted, fontSize: 11, interval: 0 };
}
