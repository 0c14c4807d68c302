import type { ReportData } from '../report-data.js';
import type { Choice } from './choice.js';
import { codesOf } from './codes.js';
import { el } from './element.js';
import { counted, cut, durationOf, momentOf, textOf } from './format.js';
import { type Section, section } from './section.js';

const BEST = 5;
const PARAMETERS_MAX = 12;
const words = {
  done: 'done',
  failed: 'failed',
  stopped: 'stopped early',
  cancelled: 'cancelled',
  notRun: 'not run',
} as const;

/** What came of it all, in one look. */
export function summary(choice: Choice): Section {
  const { data } = choice;
  const best = el('div', { class: 'scroll' });
  const made = section('summary', 'Summary', {
    about: howItWasRun(data),
    body: [bar(data), tiles(data), el('h3', {}, 'Best tasks'), best, ...sameInAll(data)],
  });
  const show = (): void => best.replaceChildren(bestTable(choice));
  choice.onChange(show);
  show();
  const { ended, inFile } = { ended: data.counts.total - data.counts.notRun, inFile: data.tasks.status.length };
  if (inFile < ended) {
    made.say(
      `This file holds ${counted(inFile, 'task')} of ${ended.toLocaleString('en')} that have ended: evenly spaced ones, and those with the least and the greatest values. All figures but the counts are of these.`,
    );
  }
  return made;
}

function howItWasRun({ tasks, workers }: ReportData): string {
  if (tasks.status.length === 0) return 'No task has ended so far.';
  const [from, to] = spanOf(tasks);
  const hosts = new Set(workers.map(({ host }) => host));
  const gpus = new Set(workers.flatMap((worker) => worker.gpus.map((gpu) => `${worker.host} ${gpu}`)));
  const names = new Set(workers.map(({ host, name }) => JSON.stringify([host, name])));
  const by = [
    counted(names.size, 'worker'),
    `on ${hosts.size === 1 ? cut([...hosts].join(), 60) : counted(hosts.size, 'host')}`,
    ...(gpus.size > 0 ? [`with ${counted(gpus.size, 'GPU')}`] : []),
  ];
  return `${momentOf(from)} to ${momentOf(to)} (${durationOf(to - from)}), by ${by.join(' ')}.`;
}

function spanOf({ startedAt, endedAt }: ReportData['tasks']): [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const at of startedAt) from = Math.min(from, at);
  for (const at of endedAt) to = Math.max(to, at);
  return [from, to];
}

function bar({ counts }: ReportData): HTMLElement {
  const parts = (Object.keys(words) as (keyof typeof words)[]).filter((status) => counts[status] > 0);
  const label = parts.map((status) => `${counts[status]} ${words[status]}`).join(', ');
  return el(
    'div',
    { class: 'bar', role: 'img', 'aria-label': label },
    parts.map((status) => el('i', { class: `is-${status}`, style: `flex-grow:${counts[status]}` })),
  );
}

function tiles({ counts }: ReportData): HTMLElement {
  const tile = (value: string, name: string, kind = ''): HTMLElement =>
    el('div', { class: `tile ${kind}` }, el('strong', {}, value), el('span', {}, name));
  const ended = counts.total - counts.notRun;
  return el(
    'div',
    { class: 'tiles' },
    tile(counts.total.toLocaleString('en'), 'tasks planned'),
    (Object.keys(words) as (keyof typeof words)[])
      .filter((status) => status === 'done' || counts[status] > 0)
      .map((status) => tile(counts[status].toLocaleString('en'), words[status], `has-dot is-${status}`)),
    counts.retried > 0 && tile(counts.retried.toLocaleString('en'), 'further attempts'),
    ended > 0 && tile(durationOf(counts.taskMs), 'of task time'),
    counts.loadMs > 0 && tile(durationOf(counts.loadMs), 'of loading'),
  );
}

function bestTable(choice: Choice): HTMLElement {
  const { data, metric } = choice;
  const best = choice.ranked.slice(0, BEST);
  if (best.length === 0) return el('p', { class: 'about' }, `No task has a value for ${cut(metric.name, 60)}.`);
  const shown = choice.varying.slice(0, PARAMETERS_MAX);
  return el(
    'table',
    { class: 'grid', id: 'best' },
    el('thead', {}, el('tr', {}, heads(['', metric.name, ...shown.map(({ name }) => name), 'folder']))),
    el(
      'tbody',
      {},
      best.map((index, rank) =>
        el(
          'tr',
          {},
          el('td', { class: 'rank' }, rank + 1),
          el('td', { class: 'number key' }, choice.written(metric.values[index])),
          shown.map(({ values }) => el('td', {}, cut(textOf(values[index] ?? null), 60))),
          el('td', { class: 'path' }, textOf(data.tasks.folder[index] ?? '')),
        ),
      ),
    ),
  );
}

function heads(names: readonly string[]): HTMLElement[] {
  return names.map((name) => el('th', { scope: 'col' }, cut(name, 40)));
}

function sameInAll({ columns }: ReportData): HTMLElement[] {
  const same = columns.filter(({ kind, values }) => {
    return kind === 'parameter' && !values.includes(null) && codesOf(values).distinct.length === 1;
  });
  if (same.length === 0) return [];
  return [
    el(
      'p',
      { class: 'same' },
      'The same in all tasks: ',
      same.map(({ name, values }) => el('code', {}, `${cut(name, 40)} = ${cut(textOf(values[0] ?? null), 60)}`)),
    ),
  ];
}
