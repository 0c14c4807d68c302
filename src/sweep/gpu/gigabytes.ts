/** `30`, `1.5`: gigabytes as one would say them. */
export function gigabytes(mb: number): string {
  const gb = mb / 1024;
  return gb < 10 ? String(Number(gb.toFixed(1))) : String(Math.round(gb));
}
