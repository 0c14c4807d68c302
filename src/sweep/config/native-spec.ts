import { resolve } from 'node:path';
import { ashaRule, medianRule } from '../run/early-stop.js';
import type { SweepSpec } from '../run/spec.js';
import { checkNode } from './check-node.js';
import { type Makers, makePlain } from './make-plain.js';
import type { Problems } from './problems.js';
import { References } from './references.js';
import { sweepSchema } from './schema.js';
import { WrittenValues } from './written.js';
import type { YamlNode } from './yaml-node.js';

export interface NativeSpec {
  readonly spec: SweepSpec;
  /** For `--import`, where workers need it. */
  readonly needsLoader?: string;
}

const defaultOutput = 'sweep-output';

/** The specification that a YAML document is, relative to the folder its file is in. What is wrong with it becomes problems. */
export async function nativeSpec(
  document: YamlNode,
  { folder, problems }: { folder: string; problems: Problems },
): Promise<NativeSpec> {
  const references = new References(folder, problems);
  const named: [string, YamlNode][] = [];
  checkNode(document, sweepSchema(), { problems, onNamed: (name, node) => named.push([name, node]) });
  for (const [name, node] of named) {
    if (name === 'callback') await references.load(node, 'function');
    if (name === 'search') await references.load(node, 'object');
  }
  const made = makePlain(document, sweepSchema(), makersFor(folder, references, problems));
  problems.throwIfAny();
  const { $schema: _, stopIf, ...spec } = made as SweepSpec & { readonly $schema?: string; readonly stopIf?: unknown }; // by the schema it is one
  return {
    spec: {
      ...spec,
      output: spec.output ?? resolve(folder, defaultOutput),
      ...(stopIf !== undefined && { stopIf: [stopIf].flat().map(ruleOf) }),
    },
    ...(references.needsLoader !== undefined && { needsLoader: references.needsLoader }),
  };
}

function makersFor(folder: string, references: References, problems: Problems): Makers {
  const written = new WrittenValues(problems);
  return {
    value: (node) => written.one(node),
    values: (node) => written.list(node),
    params: (node) => written.params(node),
    text: textOf,
    expression: expressionOf,
    computed: (node) =>
      makePlain(node, { additionalProperties: { $ref: '#/definitions/expression' } }, { expression: expressionOf }),
    path: (node) => resolve(folder, textOf(node)),
    target: (node) => references.target(node),
    callback: (node) => references.value(node),
    search: (node) => references.value(node),
    names: (node) => (node.kind === 'list' ? node.items.map(textOf) : textOf(node)),
  };
}

function textOf(node: YamlNode): string {
  return node.kind === 'scalar' ? node.text : '';
}

/** `True` is YAML's, `true` the expression's. */
function expressionOf(node: YamlNode): string {
  return node.kind === 'scalar' && typeof node.value === 'boolean' ? String(node.value) : textOf(node);
}

type Rule = Exclude<NonNullable<SweepSpec['stopIf']>, readonly unknown[]>;

function ruleOf(given: unknown): Rule {
  const rule = given as { median?: Parameters<typeof medianRule>[0]; asha?: Parameters<typeof ashaRule>[0] } | Rule; // by the schema
  if ('median' in rule && rule.median) return medianRule(rule.median);
  return 'asha' in rule && rule.asha ? ashaRule(rule.asha) : (rule as Rule);
}
