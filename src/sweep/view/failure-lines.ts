import { cleanText } from './clean-text.js';
import type { Line } from './line.js';
import type { ViewState } from './view-state.js';

/** One line for each kind of failure: how many, what they say, which tasks. */
export function failureLines(failures: ViewState['failures'], lines: number): Line[] {
  if (failures.length === 0 || lines < 1) return [];
  const shown = failures.length <= lines ? failures : failures.slice(0, lines - 1);
  const rows = shown.map(({ count, class: failure, line, folders }): Line => {
    const told = folders.map((folder) => `  ${cleanText(folder)}`).join('');
    const more = folders.length > 0 && count > folders.length ? '  …' : '';
    return [
      { text: `${count} failed (${failure}): `, style: 'red' },
      { text: cleanText(line) },
      { text: `${told}${more}`, style: 'dim' },
    ];
  });
  const others = failures.slice(shown.length);
  const count = others.reduce((sum, group) => sum + group.count, 0);
  if (count > 0) rows.push([{ text: `… ${count} more failures of ${others.length} other kinds`, style: 'red' }]);
  return rows;
}
