/** A name that is not taken: with its prefix, as often as it takes, where it is. The name given counts as taken from then on. */
export function freeName(name: string, options: { prefix: string; taken: Set<string> }): string {
  let free = name;
  while (options.taken.has(free)) free = `${options.prefix}.${free}`;
  options.taken.add(free);
  return free;
}
