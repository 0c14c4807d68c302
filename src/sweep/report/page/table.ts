import type { Value } from '../../../task/value.js';
import type { Choice } from './choice.js';
import { el } from './element.js';
import { counted, cut, durationOf, textOf } from './format.js';
import { type Section, section } from './section.js';

const FIRST = 100;
const MORE = 400;
const COLUMNS_MAX = 40;

interface TableColumn {
  readonly name: string;
  readonly kind: 'parameter' | 'result' | 'task';
  readonly isNumber: boolean;
  readonly at: (index: number) => Value;
  readonly text: (index: number) => string;
}

export interface TaskTable extends Section {
  /** Only these, until somebody asks for all again; `undefined` for all. */
  readonly only: (tasks: readonly number[] | undefined, why: string) => void;
}

/** Every task that has ended: sorted by any column, filtered by words. */
export function taskTable(choice: Choice): TaskTable {
  const columns = columnsOf(choice).slice(0, COLUMNS_MAX);
  const left = columnsOf(choice).length - columns.length + choice.data.columnsLeftOut;
  const view = new View(choice, columns);
  const made = section('table', 'All tasks', {
    about: 'Click on a heading to sort. The filter takes words that all have to be in a row: lr=0.1 failed',
    body: [view.controls, el('div', { class: 'scroll tall', tabindex: 0 }, view.table), view.more],
  });
  if (left > 0) made.say(`${counted(left, 'column')} more are not shown.`);
  return { ...made, only: (tasks, why) => view.only(tasks, why) };
}

class View {
  readonly controls: HTMLElement;
  readonly table: HTMLElement;
  readonly more: HTMLElement;
  readonly #choice: Choice;
  readonly #columns: readonly TableColumn[];
  readonly #body = el('tbody');
  readonly #count = el('output', { class: 'count' });
  readonly #reset: HTMLButtonElement;
  readonly #heads: readonly HTMLElement[];
  #sortedBy: { column: number; isUp: boolean } | undefined;
  #words: readonly string[] = [];
  #only: ReadonlySet<number> | undefined;
  #why = '';
  #shown = FIRST;
  readonly #texts: string[] = [];

  constructor(choice: Choice, columns: readonly TableColumn[]) {
    this.#choice = choice;
    this.#columns = columns;
    const filter = el('input', {
      type: 'search',
      name: 'filter',
      placeholder: 'Filter…',
      'aria-label': 'Filter the tasks',
      input: () => this.#filter(filter.value),
    });
    this.#reset = el('button', { type: 'button', hidden: true, click: () => this.only(undefined, '') }, 'Show all');
    this.controls = el('div', { class: 'controls' }, filter, this.#count, this.#reset);
    this.#heads = columns.map(({ name, isNumber }, at) =>
      el(
        'th',
        { scope: 'col', class: isNumber && 'number', 'aria-sort': 'none' },
        el('button', { type: 'button', title: name, click: () => this.#sort(at) }, cut(name, 32)),
      ),
    );
    this.table = el('table', { class: 'grid' }, el('thead', {}, el('tr', {}, this.#heads)), this.#body);
    this.more = el('button', { type: 'button', class: 'more', click: () => this.#showMore() }, 'Show more');
    choice.onChange(() => this.#byMetric());
    this.#byMetric();
  }

  only(tasks: readonly number[] | undefined, why: string): void {
    this.#only = tasks && new Set(tasks);
    this.#why = why;
    this.#show();
  }

  /** The best first, as long as nobody has sorted it otherwise. */
  #byMetric(): void {
    const column = this.#columns.findIndex(({ name }) => name === this.#choice.metric.name);
    this.#sortedBy = column < 0 ? undefined : { column, isUp: this.#choice.goal === 'min' };
    this.#show();
  }

  #sort(column: number): void {
    this.#sortedBy = { column, isUp: this.#sortedBy?.column === column ? !this.#sortedBy.isUp : true };
    this.#show();
  }

  #filter(text: string): void {
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#show();
  }

  #showMore(): void {
    this.#shown += MORE;
    this.#show({ isLonger: true });
  }

  #show({ isLonger = false } = {}): void {
    if (!isLonger) this.#shown = FIRST;
    const found = this.#sorted(this.#found());
    this.#heads.forEach((head, at) => {
      const sort = this.#sortedBy?.column === at ? (this.#sortedBy.isUp ? 'ascending' : 'descending') : 'none';
      head.setAttribute('aria-sort', sort);
    });
    this.#body.replaceChildren(...found.slice(0, this.#shown).map((index) => this.#row(index)));
    const all = this.#choice.data.tasks.status.length;
    const of = found.length < all ? ` of ${all.toLocaleString('en')}` : '';
    const shown = found.length > this.#shown ? `; the first ${this.#shown} are shown` : '';
    this.#count.textContent = `${counted(found.length, 'task')}${of}${this.#why && ` (${this.#why})`}${shown}`;
    this.#reset.hidden = this.#only === undefined;
    this.more.hidden = found.length <= this.#shown;
  }

  #found(): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.#choice.data.tasks.status.length; index += 1) {
      if (this.#only && !this.#only.has(index)) continue;
      if (this.#words.every((word) => this.#textOf(index).includes(word))) found.push(index);
    }
    return found;
  }

  /** Made when somebody filters: `name=value` of all cells. */
  #textOf(index: number): string {
    this.#texts[index] ??= this.#columns
      .map((column) => `${column.name}=${column.text(index)}`)
      .join(' ')
      .toLowerCase();
    return this.#texts[index] ?? '';
  }

  /** Numbers by size, before texts; what is not there comes last, either way. */
  #sorted(indices: number[]): number[] {
    if (!this.#sortedBy) return indices;
    const { column: at, isUp } = this.#sortedBy;
    const column = this.#columns[at];
    if (!column) return indices;
    const keyed = indices.map((index) => ({ index, value: column.at(index) }));
    keyed.sort((one, other) => {
      if (one.value === null || other.value === null) return Number(one.value === null) - Number(other.value === null);
      return compared(one.value, other.value) * (isUp ? 1 : -1);
    });
    return keyed.map(({ index }) => index);
  }

  #row(index: number): HTMLElement {
    return el(
      'tr',
      {},
      this.#columns.map(({ name, kind, isNumber, text }) => {
        const full = text(index);
        if (kind === 'task' && name === 'status') {
          return el('td', {}, el('span', { class: `has-dot is-${this.#choice.data.tasks.status[index]}` }, full));
        }
        const isKey = name === this.#choice.metric.name && kind !== 'parameter';
        const shown = cut(full, 60);
        const looks = [isNumber && 'number', isKey && 'key', name === 'folder' && kind === 'task' && 'path'];
        return el('td', { class: looks.filter(Boolean).join(' ') || undefined, title: shown !== full && full }, shown);
      }),
    );
  }
}

function columnsOf({ data, varying }: Choice): TableColumn[] {
  const { tasks, columns, workers } = data;
  const told = columns.filter((column) => column.kind !== 'parameter' || varying.includes(column));
  const ofTask = (
    name: string,
    at: (index: number) => Value,
    text = (index: number) => textOf(at(index)),
  ): TableColumn => {
    return { name, kind: 'task', isNumber: name === 'duration' || name === 'attempt', at, text };
  };
  const msOf = (index: number): number => (tasks.endedAt[index] ?? 0) - (tasks.startedAt[index] ?? 0);
  return [
    ofTask('status', (index) => tasks.status[index] ?? null),
    ...told.map(({ name, kind, values }): TableColumn => {
      const at = (index: number): Value => values[index] ?? null;
      const isNumber = values.every((value) => value === null || typeof value === 'number');
      return { name, kind: kind === 'parameter' ? kind : 'result', isNumber, at, text: (index) => textOf(at(index)) };
    }),
    ofTask('duration', msOf, (index) => durationOf(msOf(index))),
    ofTask('worker', (index) => workers[tasks.worker[index] ?? 0]?.name ?? null),
    ...(tasks.attempt.some((attempt) => attempt > 1)
      ? [ofTask('attempt', (index) => tasks.attempt[index] ?? null)]
      : []),
    ...(tasks.error.some((error) => error !== null) ? [ofTask('error', (index) => tasks.error[index] ?? null)] : []),
    ofTask('folder', (index) => tasks.folder[index] ?? null),
  ];
}

function compared(one: Value, other: Value): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'number' || typeof other === 'number') return typeof one === 'number' ? -1 : 1;
  return textOf(one).localeCompare(textOf(other), 'en', { numeric: true });
}
