import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../ledger/ledger-error.js';

export type InitForm = 'yaml' | 'ts' | 'js';

/** What was made, or which file was in the way. */
export type Made = { readonly path: string; readonly isNew: boolean };

/** Writes a sweep's file that can be run as it is, into a folder that is made if need be. Never overwrites anything. */
export function makeSweepFile(folder: string, form: InitForm): Made {
  const taken = fileNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (taken !== undefined) return { path: taken, isNew: false };
  const { name, text } = files[form];
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return { path, isNew: true };
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return { path, isNew: false };
    throw error;
  }
}

const yaml = `# A sweep: every value of every variable with every value of the others. Look at it with
#   pyw-sweep plan
# and run it with
#   pyw-sweep run
# Run it again and again: what is done is not done twice. docs/pyw-sweep.md tells of all there is.

# Where everything goes: a folder for each task, with its parameters, its log and how it ended.
output: sweep-output

# The first variable is the slowest to change. A value reaches a command as it is written here: 1e-3 stays 1e-3.
variables:
  lr: [1e-1, 1e-2, 1e-3]
  layers: [2, 4]
  seed: [0, 1, 2]

# Leaves out what makes no sense.
constraints:
  - not (lr == 0.1 and layers == 4)

# What is done for each point, one after the other. {lr} becomes the value, [lr] becomes --lr VALUE.
# In your study this is: python train.py --lr {lr} --layers {layers} --seed {seed}
commands:
  train: >-
    node -e "console.log('loss=' + (Math.abs(Math.log10({lr}) + 2) + 1 / {layers} + {seed} / 100).toFixed(3))"

# What to look for in the log: the first group of each expression, where it matches last.
metrics:
  loss: loss=(\\S+)

# How many at a time. With GPUs: "gpus: 1" gives one to each worker, and there are as many workers as there are GPUs.
workers:
  count: 2
`;

const typescript = `// A sweep: every value of every variable with every value of the others. Look at it with
//   npx pyw-sweep plan
// and run it with
//   npx pyw-sweep run
// Run it again and again: what is done is not done twice.
import { defineSweep, type TaskContext } from 'pyworkers/sweep';

/** Run for each point, in a worker. What it returns becomes a row of the results. */
export async function train(
  { lr, layers, seed }: { lr: number; layers: number; seed: number },
  { progress, dir }: TaskContext,
) {
  // "dir" is this task's own folder, for whatever it wants to keep.
  console.log(\`working in \${dir}\`);
  let loss = 1;
  for (let step = 1; step <= 10; step++) {
    loss = loss * (1 - Math.min(0.5, lr * layers)) + seed / 1000;
    progress({ step, loss });
  }
  return { loss };
}

export default defineSweep({
  // A folder for each task, with its parameters, its log and how it ended.
  output: 'sweep-output',
  // The first variable is the slowest to change.
  variables: {
    lr: [0.1, 0.01, 0.001],
    layers: [2, 4],
    seed: [0, 1, 2],
  },
  // Leaves out what makes no sense.
  constraints: ['not (lr == 0.1 and layers == 4)'],
  task: train,
  // How many at a time. With GPUs: "gpus: 1" gives one to each, and there are as many workers as there are GPUs.
  workers: { count: 2 },
});
`;

const files: Readonly<Record<InitForm, { readonly name: string; readonly text: string }>> = {
  yaml: { name: 'sweep.yaml', text: yaml },
  ts: { name: 'sweep.config.mts', text: typescript },
  js: { name: 'sweep.config.mjs', text: javascriptOf(typescript) },
};
const fileNames = [
  'sweep.yaml',
  'sweep.yml',
  'sweep.config.ts',
  'sweep.config.mts',
  'sweep.config.js',
  'sweep.config.mjs',
];

/** The same without types and without an import, so that it runs where only the command is installed. */
function javascriptOf(text: string): string {
  return text
    .replace(/^import .*\n/m, '')
    .replace(/^( {2}\{ lr, layers, seed \}): .*,$/m, '$1,')
    .replace(/^( {2}\{ progress, dir \}): .*,$/m, '$1,')
    .replace('export default defineSweep({', "/** @type {import('pyworkers/sweep').SweepSpec} */\nexport default {")
    .replace(/\}\);\n$/, '};\n');
}
