import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../base/checks.js';
import { Layout } from '../ledger/layout.js';
import { recordOf, textOf } from '../ledger/whole-file.js';
import type { RunStart } from './report-data.js';

const STARTS_MAX = 20;
const CONFIGURATION_MAX = 64 * 1024; // characters

/** How a sweep was started, each time: the last of them, the oldest first. None where nothing is recorded. */
export function startsOf(output: string): RunStart[] {
  const { starts } = new Layout(output);
  const names = namesIn(starts)
    .filter((name) => name.endsWith('.json'))
    .slice(-STARTS_MAX); // a name begins with the time
  return names.flatMap((name) => {
    const record = recordOf(join(starts, name));
    return record?.driver === name.slice(0, -'.json'.length) ? [startOf(record, starts)] : [];
  });
}

function startOf(record: Readonly<Record<string, unknown>>, folder: string): RunStart {
  const { configuration } = record;
  const isName = typeof configuration === 'string' && !/[/\\]/.test(configuration);
  const text = isName ? textOf(join(folder, configuration)) : undefined;
  return {
    facts: factsOf(record).filter(([, value]) => value !== ''),
    ...(isName && text !== undefined && { configuration: { name: configuration, text: cut(text) } }),
  };
}

function factsOf({
  startedAt,
  host,
  pid,
  argv,
  folder,
  versions,
  platform,
  git,
  environment,
}: Record<string, unknown>): [string, string][] {
  const { node, pyworkers } = isRecord(versions) ? versions : {};
  const { commit, isDirty } = isRecord(git) ? git : {};
  const values = isRecord(environment) && isRecord(environment.values) ? environment.values : {};
  return [
    ['Started', textIn(startedAt)],
    ['Host', `${textIn(host)}${pid === undefined ? '' : `, process ${textIn(pid)}`}`],
    ['Command', Array.isArray(argv) ? argv.map(quoted).join(' ') : ''],
    ['Folder', textIn(folder)],
    [
      'Versions',
      [node && `Node ${textIn(node)}`, pyworkers && `pyworkers ${textIn(pyworkers)}`].filter(Boolean).join(', '),
    ],
    ['Platform', textIn(platform)],
    ['Commit', commit ? `${textIn(commit)}${isDirty === true ? ' (with changes)' : ''}` : ''],
    ...Object.entries(values).map(([name, value]): [string, string] => [name, textIn(value)]),
  ];
}

function textIn(value: unknown): string {
  return value === undefined || value === null ? '' : String(value).slice(0, 2000);
}

/** As one would type it. */
function quoted(word: unknown): string {
  const text = textIn(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function cut(text: string): string {
  return text.length > CONFIGURATION_MAX ? `${text.slice(0, CONFIGURATION_MAX)}\n…` : text;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // nothing is recorded there: a sweep that was read from logs, say
  }
}
