import { type ChartOption, type EChartsType, newChart } from './echarts.js';
import { el } from './element.js';
import { type Palette, palette } from './palette.js';

export interface Drawing {
  readonly option: ChartOption;
  readonly height: number;
  /** For those who do not see it. */
  readonly label: string;
}

/** Makes a chart for that width, in those colours; `undefined` where there is nothing to draw. */
export type Draw = (width: number, colours: Palette) => Drawing | undefined;

/** A chart in the page. All of them are drawn again when the colours or the width change. */
export class Figure {
  static readonly #all = new Set<Figure>();
  readonly element = el('div', { class: 'figure', role: 'img' });
  readonly #draw: Draw;
  readonly #onMake: (chart: EChartsType) => void;
  #chart: EChartsType | undefined;
  #width = 0;

  constructor(draw: Draw, onMake: (chart: EChartsType) => void = () => {}) {
    this.#draw = draw;
    this.#onMake = onMake;
    Figure.#all.add(this);
  }

  static drawAll(): void {
    for (const figure of Figure.#all) figure.draw();
  }

  /** One by one, so that the page can be read and scrolled meanwhile. */
  static async drawInTurn(): Promise<void> {
    for (const figure of Figure.#all) {
      await new Promise((resolve) => setTimeout(resolve));
      figure.draw();
    }
  }

  /** Those whose place has another width than when they were drawn. */
  static fitAll(): void {
    for (const figure of Figure.#all) if (figure.#place !== figure.#width) figure.draw();
  }

  /** Does nothing while there is no place for it: in a window of no width, or outside of the page. */
  draw(): void {
    const width = this.#place;
    if (width === 0) return;
    this.#width = width;
    const drawing = this.#draw(width, palette());
    this.element.hidden = drawing === undefined;
    if (!drawing) return;
    this.element.style.height = `${drawing.height}px`;
    this.element.setAttribute('aria-label', drawing.label);
    if (!this.#chart) {
      this.#chart = newChart(this.element);
      this.#onMake(this.#chart);
    }
    this.#chart.resize({ width: this.#width, height: drawing.height });
    this.#chart.setOption({ animation: false, ...drawing.option }, { notMerge: true });
  }

  /** What is hidden has no width of its own. */
  get #place(): number {
    return this.element.parentElement?.clientWidth ?? 0;
  }
}
