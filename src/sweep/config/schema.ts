import { readFileSync } from 'node:fs';

/** As much of JSON Schema as the published schema uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: false | Schema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly (string | number)[];
  readonly const?: string | boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object';

/** A schema that was looked up, with the name it has among the definitions. */
export interface Named {
  readonly schema: Schema;
  readonly name?: string;
}

interface Root extends Schema {
  readonly definitions: Readonly<Record<string, Schema>>;
}

const file = new URL('../../../schema/sweep.schema.json', import.meta.url);
let loaded: Root | undefined;

/** The one that is published: what files are checked and read by is what editors complete by. */
export function sweepSchema(): Root {
  loaded ??= JSON.parse(readFileSync(file, 'utf8')) as Root; // a file of this package
  return loaded;
}

/** What a reference refers to, and by which name. */
export function lookedUp(given: Schema): Named {
  const name = given.$ref?.replace('#/definitions/', '');
  if (name === undefined) return { schema: given };
  const schema = sweepSchema().definitions[name];
  if (!schema) throw new Error(`The schema has no definition "${name}".`);
  return { schema, name };
}
