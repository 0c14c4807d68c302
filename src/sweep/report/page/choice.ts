import type { ReportColumn, ReportData } from '../report-data.js';
import { durationOf, numberOf } from './format.js';
import { type Goal, goalOf, type Metric, metricsOf, ranked, varyingIn } from './metric.js';
import { type Quality, qualityOf } from './quality.js';

/** What the reader looks at: one metric, and which way it is good. Everything that shows it hears of a change. */
export class Choice {
  readonly data: ReportData;
  readonly metrics: readonly Metric[];
  readonly varying: readonly ReportColumn[];
  readonly #listeners: (() => void)[] = [];
  #metric: Metric;
  #goal: Goal;
  #quality: Quality | undefined;
  #ranked: readonly number[] | undefined;

  constructor(data: ReportData) {
    this.data = data;
    this.metrics = metricsOf(data);
    this.varying = varyingIn(data);
    this.#metric = this.metrics.find(({ values }) => values.some((value) => value !== null)) ?? {
      name: 'duration',
      values: [],
      isMs: true,
    };
    this.#goal = goalOf(this.#metric.name, data);
  }

  get metric(): Metric {
    return this.#metric;
  }

  get goal(): Goal {
    return this.#goal;
  }

  get quality(): Quality {
    this.#quality ??= qualityOf(this.#metric, this.#goal);
    return this.#quality;
  }

  /** Tasks that have a value of the metric, the best first. */
  get ranked(): readonly number[] {
    this.#ranked ??= ranked(this.#metric, this.#goal);
    return this.#ranked;
  }

  written(value: number | null | undefined): string {
    if (value === null || value === undefined) return '–';
    return this.#metric.isMs ? durationOf(value) : numberOf(value);
  }

  chooseMetric(name: string): void {
    this.#metric = this.metrics.find((metric) => metric.name === name) ?? this.#metric;
    this.chooseGoal(goalOf(this.#metric.name, this.data));
  }

  chooseGoal(goal: Goal): void {
    this.#goal = goal;
    this.#quality = undefined;
    this.#ranked = undefined;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
