/** What a parameter may be: what JSON carries. `-0` is `0`; `NaN`, infinities and `undefined` are refused at the door. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** Parameters by name. */
export type Params = Readonly<Record<string, Value>>;
