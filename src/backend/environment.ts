/** A worker's environment is its caller's, with changes; `undefined` takes a variable away. */
export function mergedEnv(changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...changes };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return env;
}

/** The caller's own flags (loaders, above all), without those that are about its main script or its debugger. */
export function inheritedExecArgv(): string[] {
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
