import type { Command } from './command.js';
import { exitCodesText } from './exit-code.js';
import { fileFlag, filterFlag, jsonFlag, outputFlag, specFlags } from './flags.js';

/** All commands, in the order in which the help shows them. Each is loaded when it is run. */
export const commands: readonly Command[] = [
  {
    name: 'init',
    summary: 'writes a sweep file that can be run at once; overwrites nothing',
    args: '[folder]',
    flags: [
      { flags: '--yaml', about: 'sweep.yaml, with commands (so is the default)' },
      { flags: '--ts', about: 'sweep.config.mts, with a function' },
      { flags: '--js', about: 'sweep.config.mjs, with a function' },
      jsonFlag,
    ],
    run: async (given, terminal) => (await import('./init.js')).init(given, terminal),
  },
  {
    name: 'run',
    summary: 'runs a sweep; what is done is not done again',
    args: '[file]',
    takesRest: true,
    flags: [...specFlags, { flags: '--dry-run', about: 'only shows the plan, as pyw-sweep plan does' }],
    more: `Without a file, the sweep file of this folder is run; or a command:

  pyw-sweep run -p lr=1e-3,1e-4 -p seed=0..4 --gpus 1 -- python train.py --lr {lr} --seed {seed}

Ctrl-C: no further task is begun, and those that run are awaited. A second one ends them at once.

${exitCodesText}`,
    run: async (given, terminal) => (await import('./run.js')).run(given, terminal),
  },
  {
    name: 'plan',
    summary: 'shows what a run would do: tasks, batches, who gets which GPU; leaves no trace',
    args: '[file]',
    takesRest: true,
    flags: [
      ...specFlags,
      {
        flags: '--commands',
        about: 'prints the command lines of all tasks, and nothing else; with --json a task a line',
      },
      { flags: '--first <count>', about: 'how many of the first tasks to show (3)' },
      { flags: '--last <count>', about: 'how many of the last (1)' },
    ],
    run: async (given, terminal) => (await import('./plan.js')).plan(given, terminal),
  },
  {
    name: 'status',
    summary: 'tells how far a sweep is, by its record',
    args: '[folder]',
    flags: [outputFlag, jsonFlag],
    run: async (given, terminal) => (await import('./status.js')).status(given, terminal),
  },
  {
    name: 'watch',
    summary: 'shows that again and again, until nobody is at work there',
    args: '[folder]',
    flags: [outputFlag, { ...jsonFlag, about: 'one JSON object a line, whenever something has changed' }],
    run: async (given, terminal) => (await import('./watch.js')).watch(given, terminal),
  },
  {
    name: 'results',
    summary: 'shows the table of what is done',
    args: '[folder]',
    flags: [
      outputFlag,
      filterFlag,
      { flags: '--sort <column>', about: 'loss, or loss:desc; several: the first counts most', isRepeated: true },
      { flags: '--group-by <columns>', about: 'mean and standard deviation of the others', isRepeated: true },
      { flags: '--over-seeds [parameter]', about: 'mean and standard deviation over its values (seed)' },
      { flags: '--best <column>', about: 'the best row: loss, loss:min, accuracy:max' },
      { flags: '-n, --count <count>', about: 'how many of the best (1)' },
      { flags: '--columns <columns>', about: 'these, in this order', isRepeated: true },
      { flags: '--all', about: 'columns, too, that say the same in every row' },
      {
        flags: '--include <statuses>',
        about: 'tasks that are done, failed, stopped, cancelled; or all',
        isRepeated: true,
      },
      { flags: '--meta <names>', about: 'how tasks were run: ms, worker, host, gpus, status, …', isRepeated: true },
      { flags: '--metric <name=regex>', about: 'looks for it in the logs that are there', isRepeated: true },
      { flags: '--stats', about: 'where the time went, instead of the table' },
      { flags: '--rows <count>', about: 'how many rows to show' },
      {
        flags: '--format <format>',
        about: 'the whole table in this format',
        choices: ['csv', 'json', 'jsonl', 'parquet', 'md'],
      },
      { flags: '--to <file>', about: 'writes it, by the ending: .csv .json .jsonl .md .parquet .arrow' },
      { flags: '--plot [file]', about: 'writes a page about all tasks, with plots (report.html)' },
      jsonFlag,
    ],
    run: async (given, terminal) => (await import('./results.js')).results(given, terminal),
  },
  {
    name: 'logs',
    summary: 'prints the log of a task, or which there are',
    args: '[task]',
    flags: [
      outputFlag,
      { flags: '-f, --follow', about: 'goes on until the task has ended' },
      { flags: '-c, --command <name>', about: 'of this command' },
      jsonFlag,
    ],
    more: 'A task is named by the beginning of its id, its folder, or parameters: lr=0.1,seed=2\n',
    run: async (given, terminal) => (await import('./logs.js')).logs(given, terminal),
  },
  {
    name: 'retry',
    summary: 'runs again what has failed, as the last run was given; needs its sweep file',
    args: '[folder]',
    flags: [
      outputFlag,
      { flags: '--failed', about: 'those that have failed (so is the default)' },
      { flags: '--missing', about: 'all that are not done' },
      { flags: '--class <classes>', about: 'only failures of these: oom, timeout, exit, …', isRepeated: true },
      fileFlag,
      { flags: '-v, --verbose', about: 'tells more; twice: everything', isCounted: true },
      jsonFlag,
    ],
    more: exitCodesText,
    run: async (given, terminal, all) => (await import('./retry.js')).retry(given, terminal, all),
  },
  {
    name: 'stop',
    summary: 'stops a sweep, and waits until it has ended',
    args: '[folder]',
    flags: [
      outputFlag,
      { flags: '--now', about: 'ends running tasks, too' },
      { flags: '--wait <time>', about: 'no longer than this: 60 (seconds), 10m' },
      { flags: '--no-wait', about: 'only tells it to stop' },
      jsonFlag,
    ],
    run: async (given, terminal) => (await import('./stop.js')).stop(given, terminal),
  },
  {
    name: 'gpus',
    summary: 'lists the GPUs, what is in use of them, and which sweep has them',
    flags: [jsonFlag],
    run: async (given, terminal) => (await import('./gpus.js')).gpus(given, terminal),
  },
  {
    name: 'doctor',
    summary: 'tries what a sweep needs, and says what works and what to do',
    args: '[file]',
    flags: [
      outputFlag,
      { flags: '--hosts <addresses>', about: 'servers to try, with commas', isRepeated: true },
      { flags: '--ssh <hosts>', about: 'hosts on which a server is started over ssh, and ended', isRepeated: true },
      jsonFlag,
    ],
    run: async (given, terminal) => (await import('./doctor.js')).doctor(given, terminal),
  },
  {
    name: 'completion',
    summary: 'prints a script that makes a shell complete commands, flags and their values',
    args: '<shell>',
    words: ['bash', 'zsh', 'fish'],
    flags: [],
    more: 'For bash, zsh and fish; the first lines of the script say where it goes.\n',
    run: async (given, terminal, all) => (await import('./completion/completion.js')).completion(given, terminal, all),
  },
];
