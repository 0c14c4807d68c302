import { entryOf, type YamlNode } from '../yaml-node.js';

/** Whether YAML is made for simtony/runner: its first document has the commands, those after it have the choices. */
export function isRunnerFile(documents: readonly YamlNode[]): boolean {
  const [first, second] = documents;
  if (!entryOf(first, 'template')) return false;
  return entryOf(first, 'resource') !== undefined || second !== undefined;
}
