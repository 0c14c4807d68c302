/* `npm run bench -- [SECTION…] [--write]`: figures beside those of the peers, from the same run. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crashMatrix } from './crash-matrix.mjs';

const sections = {
  start: 'Starting',
  calls: 'One call at a time',
  throughput: 'Many calls',
  pool: 'Pools',
  payloads: 'Payloads, there and back',
  remote: 'Remote workers, on loopback, encrypted',
  sweep: 'Sweeps',
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const names = [...Object.keys(sections), 'matrix'];
const wanted = positionals.length > 0 ? positionals : names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no section "${unknown[0]}". The sections are ${names.join(', ')}.`);
  process.exit(2);
}

const tables = [];
for (const name of wanted.filter((section) => section in sections)) {
  const text = `### ${sections[name]}\n\n${table(rowsOf(name))}`;
  console.log(`${text}\n`);
  tables.push(text);
}
if (values.write && tables.length === Object.keys(sections).length) {
  const machine = `Node ${process.version}, ${cpus().length} cores, ${process.platform}.`;
  fill('docs/performance.md', 'bench', [machine, ...tables].join('\n\n'));
}
if (wanted.includes('matrix')) {
  const matrix = await crashMatrix();
  console.log(matrix);
  if (values.write) fill('README.md', 'crash-matrix', matrix);
}

/** Each section in a process of its own: what one leaves behind does not slow the next. */
function rowsOf(name) {
  const printer = fileURLToPath(new URL('./print-rows.mjs', import.meta.url));
  const said = execFileSync(process.execPath, [printer, `./sections/${name}.mjs`], { encoding: 'utf8' });
  return JSON.parse(said.trim().split('\n').at(-1));
}

function table(rows) {
  const lines = [['what', 'here', 'beside it', 'target', 'met'], ['---', '---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function fill(file, name, text) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const page = readFileSync(path, 'utf8');
  if (!page.includes(start)) throw new Error(`${file} has no ${start}`);
  writeFileSync(
    path,
    `${page.slice(0, page.indexOf(start) + start.length)}\n${text}\n${page.slice(page.indexOf(end))}`,
  );
}
