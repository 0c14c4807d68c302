import { cut } from './format.js';
import type { Palette } from './palette.js';
import type { Scale } from './scale.js';

interface AxisLooks {
  readonly colours: Palette;
  /** How many characters a label may have. */
  readonly labelMax: number;
  /** How many labels there is room for. */
  readonly labelsMax: number;
}

/** An axis of ECharts for a scale. All are axes of numbers: so points of a category can lie beside each other. */
export function axisOf(scale: Scale, { colours, labelMax, labelsMax }: AxisLooks): object {
  const { ticks, label, from, to } = scale;
  const every = Math.max(1, Math.ceil((ticks?.length ?? 0) / labelsMax));
  const customValues = ticks?.filter((_, at) => at % every === 0);
  const isWhole = scale.kind === 'linear' && Number.isInteger(from) && Number.isInteger(to);
  return {
    type: 'value',
    scale: true,
    min: from,
    max: to,
    ...(isWhole && { minInterval: 1 }),
    axisLine: { show: true, onZero: false, lineStyle: { color: colours.muted, width: 1 } },
    axisTick: { show: true, lineStyle: { color: colours.muted }, ...(customValues && { customValues }) },
    axisLabel: {
      color: colours.muted,
      fontSize: 11,
      hideOverlap: true,
      textBorderColor: colours.card, // lines go through it
      textBorderWidth: 3,
      showMinLabel: customValues !== undefined,
      showMaxLabel: customValues !== undefined,
      formatter: (place: number) => cut(label(place), labelMax),
      ...(customValues && { customValues }),
    },
    splitLine: { show: scale.kind !== 'category', lineStyle: { color: colours.line } },
  };
}
