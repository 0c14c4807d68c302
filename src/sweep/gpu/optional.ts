/** A field that is left out where there is no value: `{ ...optional('usedMb', used) }`. */
export function optional<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  // The computed key is K and nothing else; the compiler widens it to string.
  return value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V });
}
