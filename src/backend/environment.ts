/** A worker's environment is its caller's, with changes; `undefined` takes a variable away. */
export function mergedEnv(changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...changes };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return env;
}

/** Flags for a process: the caller's own (loaders, above all), without those that are about its main script or its debugger. */
export function processExecArgv(): string[] {
  const kept: string[] = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const arg = process.execArgv[i] ?? '';
    if (/^(-e|--eval|-p|--print|-pe)$/.test(arg)) i += 1;
    else if (!ofMainScript.test(arg)) kept.push(arg);
  }
  return kept;
}

const ofMainScript =
  /^(-c|--check|-i|--interactive|--inspect.*|--input-type.*|--test.*|--watch.*|--eval=.*|--print=.*)$/;

/**
 * Flags for a thread; `undefined` leaves it those of its process. A thread has a file to run, which Node refuses under
 * `--input-type`; given others, it takes those that load modules and no V8 flags.
 */
export function threadExecArgv(): string[] | undefined {
  const { execArgv } = process;
  if (!execArgv.some((flag) => flag.startsWith('--input-type'))) return undefined;
  const loads = /^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(=|$)/;
  const takesNext = (flag = ''): boolean => loads.test(flag) && !flag.includes('=');
  return execArgv.filter((flag, i) => loads.test(flag) || takesNext(execArgv[i - 1]));
}
