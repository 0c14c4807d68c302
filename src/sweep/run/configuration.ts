import { NamedTarget } from '../../target/target.js';
import { Sourced } from '../space/sourced.js';
import type { SweepSpec } from './spec.js';

/** A sweep's file as it was read, or whatever else says what a run was to do. A copy is kept with the records. */
export interface Configuration {
  readonly name: string;
  readonly text: string;
}

const secret = /token|secret|passw|credential|api[-_]?key|private/i;

/** What is kept where there is no file: the specification as JSON, functions as their source. Secrets are left out. */
export function configurationOf(spec: SweepSpec): Configuration {
  const ancestors: object[] = [];
  const text = JSON.stringify(
    spec,
    function (this: object, name, value: unknown) {
      while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
      if (typeof value !== 'object' || value === null) return secret.test(name) && value ? '***' : plain(value);
      if (value instanceof AbortSignal) return undefined;
      if (value instanceof Sourced) return value.text;
      if (value instanceof NamedTarget) return `${value.url}#${value.exportName}`;
      if (ancestors.includes(value)) return '(itself)';
      ancestors.push(value);
      return value;
    },
    2,
  );
  return { name: 'sweep.json', text: `${text}\n` };
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  return typeof value === 'bigint' ? String(value) : value;
}
