import type { FailureExample, FailureGroup } from '../report-data.js';
import type { Choice } from './choice.js';
import { el } from './element.js';
import { counted, cut, linesOf, textOf } from './format.js';
import { type Section, section } from './section.js';

/** What went wrong, the most frequent first. */
export function failures({ data }: Choice): Section {
  const made = section('failures', 'Failures', {
    about:
      data.counts.failed === 0
        ? 'No task has failed.'
        : `${counted(data.counts.failed, 'task')} failed. They are grouped by the last line of what they said; numbers in it do not count.`,
    body: data.failures.map((group, at) => groupOf(group, at === 0)),
  });
  const { groups, tasks } = data.failuresLeftOut;
  if (groups > 0) made.say(`${counted(groups, 'smaller group')} with ${counted(tasks, 'task')} in all are left out.`);
  return made;
}

function groupOf(group: FailureGroup, isOpen: boolean): HTMLElement {
  return el(
    'details',
    { class: 'failure', open: isOpen },
    el(
      'summary',
      {},
      el('span', { class: 'times' }, `${group.count.toLocaleString('en')} ×`),
      el('span', { class: 'class' }, group.class),
      el('code', {}, textOf(group.line)),
    ),
    group.count > group.examples.length &&
      el(
        'p',
        { class: 'about' },
        `${counted(group.examples.length, 'example')} of ${group.count.toLocaleString('en')}:`,
      ),
    group.examples.map(exampleOf),
  );
}

function exampleOf(example: FailureExample): HTMLElement {
  const params = Object.entries(example.params).map(
    ([name, value]) => `${cut(textOf(name), 40)} = ${cut(textOf(value), 60)}`,
  );
  const { logEnd, log, error } = example;
  return el(
    'article',
    {},
    el('h4', { class: 'path' }, textOf(example.folder)),
    el(
      'p',
      { class: 'params' },
      params.slice(0, 30).map((text) => el('code', {}, text)),
    ),
    el('p', { class: 'about' }, [`attempt ${example.attempt}`, textOf(example.worker)].filter(Boolean).join(', ')),
    el('pre', { tabindex: 0 }, linesOf(error.split('\n'))),
    logEnd && el('p', { class: 'about' }, `The end of ${textOf(log ?? 'its log')}:`),
    logEnd && el('pre', { class: 'log', tabindex: 0 }, logEnd.length > 0 ? linesOf(logEnd) : '(it is empty)'),
    !logEnd && log !== undefined && el('p', { class: 'about' }, `Its log: ${textOf(log)}`),
  );
}
