import type { ReportData } from '../report-data.js';
import { Choice } from './choice.js';
import { effects } from './effects.js';
import { el, select } from './element.js';
import { environment } from './environment.js';
import { failures } from './failures.js';
import { Figure } from './figure.js';
import { cut, momentOf, textOf } from './format.js';
import { heat } from './heat.js';
import type { Goal } from './metric.js';
import { parallel } from './parallel.js';
import type { Section } from './section.js';
import { summary } from './summary.js';
import { taskTable } from './table.js';
import { timeline } from './timeline.js';

const data = JSON.parse(document.getElementById('data')?.textContent ?? '{}') as ReportData; // ours, from the same build
const choice = new Choice(data);
const table = taskTable(choice);
const sections: readonly Section[] = [
  summary(choice),
  parallel(choice, (tasks) => table.only(tasks, 'within the ranges above')),
  effects(choice, (task) => table.only([task], 'the point that was clicked on')),
  heat(choice),
  timeline(choice),
  failures(choice),
  table,
  environment(choice),
];
const report = document.getElementById('report');
report?.append(header(), ...sections.map(({ element }) => element), footer());
keepDrawn();
void Figure.drawInTurn().then(() => {
  document.documentElement.dataset.drawn = 'true';
});

function header(): HTMLElement {
  const titles = sections.map(({ id, element }) => ({ id, text: element.querySelector('h2')?.textContent ?? id }));
  return el(
    'header',
    {},
    el('h1', {}, textOf(data.title)),
    el(
      'div',
      { class: 'controls' },
      metricBox(),
      el(
        'nav',
        { 'aria-label': 'Sections' },
        titles.map(({ id, text }) => el('a', { href: `#${id}` }, text)),
      ),
    ),
  );
}

function metricBox(): HTMLElement {
  const goals = [
    { value: 'min', text: 'lower is better' },
    { value: 'max', text: 'higher is better' },
  ];
  const goal = select('Goal', goals, {
    name: 'goal',
    value: choice.goal,
    onChange: (value) => choice.chooseGoal(value as Goal), // one of the two above
  });
  const metrics = choice.metrics.map(({ name }) => ({ value: name, text: cut(name, 60) }));
  const metric = select('Metric', metrics, {
    name: 'metric',
    value: choice.metric.name,
    onChange: (value) => {
      choice.chooseMetric(value);
      const box = goal.querySelector('select');
      if (box) box.value = choice.goal;
    },
  });
  return el('div', { class: 'controls' }, metric, goal);
}

function footer(): HTMLElement {
  return el('footer', {}, `Written ${momentOf(data.madeAt)} by pyworkers. Charts: Apache ECharts (Apache-2.0).`);
}

/** Charts are pictures: they are drawn again in other colours, at another width, and in dark on white for paper. */
function keepDrawn(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => Figure.drawAll());
  if (report) new ResizeObserver(() => Figure.fitAll()).observe(report);
  const forPaper = (isPaper: boolean): void => {
    document.documentElement.classList.toggle('paper', isPaper);
    Figure.drawAll();
  };
  addEventListener('beforeprint', () => forPaper(true));
  addEventListener('afterprint', () => forPaper(false));
}
