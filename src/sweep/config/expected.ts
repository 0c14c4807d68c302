import { type JsonType, lookedUp, type Schema } from './schema.js';

const words: Readonly<Record<JsonType, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'keys and values',
};

/** Where the form alone says too little. */
const byName: Readonly<Record<string, string>> = {
  text: 'a text',
  target: 'a function, as train.js#main',
  callback: 'a function, as check.js#isComplete',
  search: 'an object with next(), as search.js#name',
  values: 'a list of values',
  value: 'a value',
  expression: 'an expression',
  gpuReference: 'a GPU by its index or UUID',
  gpuReferences: 'a list of GPUs',
  gpuSlots: 'a list of what each worker gets',
};

/** What a schema takes, in words. */
export function expected(given: Schema): string {
  const { schema, name } = lookedUp(given);
  const known = name === undefined ? undefined : byName[name];
  if (known !== undefined) return known;
  if (schema.anyOf) return [...new Set(schema.anyOf.map(expected))].join(', or ');
  if (schema.enum) return schema.enum.join(', ').replace(/, ([^,]*)$/, ' or $1');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.pattern !== undefined) return 'a part of several, as 2/8'; // the only one that has a pattern
  if (schema.required && schema.type === 'object') return `keys and values (${schema.required.join(' and ')}, …)`;
  const types = [schema.type ?? []].flat().map((type) => words[type as JsonType]);
  return [...new Set(types)].join(' or ') + limits(schema);
}

function limits({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const from = minimum === undefined ? '' : ` from ${minimum}`;
  const above = exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`;
  return `${from}${above}${maximum === undefined ? '' : ` up to ${maximum}`}`;
}
