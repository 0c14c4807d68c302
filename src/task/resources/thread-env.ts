const names = [
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'NUMEXPR_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
] as const;

/** What keeps numeric libraries from starting a thread for every CPU there is. What the user has set stays as it is. */
export function threadEnv(cpus: number, given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(names.filter((name) => given[name] === undefined).map((name) => [name, String(cpus)]));
}
