import type { Flag } from './command.js';

/** Flags that several commands have. */
export const jsonFlag: Flag = { flags: '--json', about: 'the answer as JSON; see the manual for its shape' };
export const outputFlag: Flag = {
  flags: '-o, --output <folder>',
  about: 'the output folder (that of the sweep file here, else sweep-output)',
};
export const fileFlag: Flag = {
  flags: '-y, --yaml <file>',
  about: 'the sweep file, of whatever kind (as the argument)',
};
export const filterFlag: Flag = {
  flags: '--filter <expression>',
  about: "only those for which it is true: 'lr > 0.01 and seed < 3'",
  isRepeated: true,
};

/** What `run` and `plan` have in common: which tasks there are, and who does them. */
export const specFlags: readonly Flag[] = [
  fileFlag,
  {
    flags: '-p, --param <name=values>',
    about: 'a variable: lr=1e-3,1e-4  seed=0..4  lr=1e-4..1e-1:4:log  a+b=1/2,3/4',
    isRepeated: true,
  },
  outputFlag,
  { flags: '-w, --workers <count>', about: 'how many workers, or auto' },
  { flags: '--gpus <gpus>', about: 'GPUs for each worker: 1, 0.5, [0,1,"2,3"], {"gpus":1,"avoid":[0]}, or inherit' },
  { flags: '-r, --resource <gpus...>', about: 'a worker for each: -r 0 1 "2,3"' },
  { flags: '--cpus <count>', about: 'for each worker' },
  { flags: '--memory <megabytes>', about: 'for each worker: a task that takes more is ended' },
  { flags: '--kind <kind>', about: 'of the workers', choices: ['process', 'thread', 'inline'] },
  {
    flags: '--hosts <addresses>',
    about: 'other machines, with commas: a server there (box:60006), or over ssh (ssh://me@box/~/project)',
    isRepeated: true,
  },
  { flags: '-t, --title <title>', about: 'only the space with this title', isRepeated: true },
  { flags: '-c, --command <name>', about: 'only this command of each task', isRepeated: true },
  filterFlag,
  { flags: '--limit <count>', about: 'only the first so many tasks' },
  { flags: '--sample <count>', about: 'so many of them, drawn at random' },
  { flags: '--seed <number>', about: 'for the sample (0)' },
  { flags: '--shard <part>', about: 'one of several parts: 2/8' },
  { flags: '--no-subdir', about: 'one folder for each task, with all parameters in its name' },
  { flags: '-f, --force', about: 'runs again what is done; what was there is removed' },
  {
    flags: '--existing <what>',
    about: 'what becomes of tasks that are done',
    choices: ['skip', 'verify', 'overwrite', 'quit'],
  },
  { flags: '--accept-changes', about: 'goes on with records that were made by another specification' },
  { flags: '--join', about: 'shares the work of a run that is at it already' },
  { flags: '--no-join', about: 'does not, whatever the sweep file says' },
  {
    flags: '--metric <name=regex>',
    about: "looks for it in the log: loss='loss=(\\S+)'; or json-lines",
    isRepeated: true,
  },
  { flags: '--timeout <time>', about: 'for each task: 90 (seconds), 10m, 2h' },
  { flags: '--retries <count>', about: 'how often a failed task is tried again' },
  { flags: '--max-failures <count>', about: 'after so many, no further task is begun' },
  { flags: '--canary', about: 'runs one task first, and the others if it succeeds' },
  { flags: '--no-canary', about: 'does not, whatever the sweep file says' },
  { flags: '--print <where>', about: 'where the output of tasks goes (log)', choices: ['log', 'console', 'both'] },
  { flags: '-d, --debug', about: 'only the first task, with one worker, its output to the terminal, again each time' },
  { flags: '-v, --verbose', about: 'tells more; twice: everything', isCounted: true },
  jsonFlag,
];
