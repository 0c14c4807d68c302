import { checkMeaning } from './check-meaning.js';
import { narrowed } from './narrowed.js';
import { nativeSpec } from './native-spec.js';
import type { Problems } from './problems.js';
import { readYaml } from './read-yaml.js';
import { isRunnerFile } from './runner/is-runner-file.js';
import { runnerSpec } from './runner/runner-spec.js';
import type { LoadOptions, SweepFile } from './sweep-file.js';
import { SweepFileError } from './sweep-file-error.js';

interface YamlFile {
  readonly folder: string;
  /** As it is shown. */
  readonly shown: string;
  readonly text: string;
  readonly problems: Problems;
}

/** The specification that a YAML file is, of either kind. */
export async function yamlSpec(
  { folder, shown, text, problems }: YamlFile,
  options: LoadOptions,
): Promise<Pick<SweepFile, 'spec' | 'kind' | 'notes' | 'needsLoader'>> {
  const documents = readYaml(text, problems);
  problems.throwIfAny();
  const [document, second] = documents;
  if (!document) throw new SweepFileError(shown, 'it is empty. A sweep has "variables", and a "task" or "commands".');
  if (isRunnerFile(documents)) return { kind: 'runner', ...runnerSpec(documents, { ...options, shown, problems }) };
  if (second) {
    problems.add(second.at, 'a sweep is one document; several spaces go under "spaces"');
    problems.throwIfAny();
  }
  const read = await nativeSpec(document, { folder, problems });
  checkMeaning(read.spec, document, problems);
  problems.throwIfAny();
  return { kind: 'yaml', notes: [], ...read, spec: narrowed(read.spec, { ...options, shown }) };
}
