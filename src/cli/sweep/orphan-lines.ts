/** What there is to say of parameters that no command uses; nothing where there are none. */
export function orphanLines(orphans: readonly string[]): string[] {
  if (orphans.length === 0) return [];
  return [`no command uses ${orphans.join(', ')}: that names tasks, and changes nothing else`];
}
