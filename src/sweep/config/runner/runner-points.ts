import { codeOf } from '../../space/canonical.js';
import type { Written, WrittenParams } from '../../space/space-spec.js';
import { recordOf } from '../make-plain.js';
import type { Problems } from '../problems.js';
import { type PythonValue, pythonValue, writtenOf } from './python-value.js';
import type { RunnerCases } from './runner-cases.js';
import type { RunnerDocument } from './runner-file.js';
import { type Chosen, runnerName } from './runner-name.js';

const combinationsMax = 1_000_000;

/** One combination of a document's choices. */
export interface RunnerPoint {
  /** As runner calls it: by what was chosen, before anything is packed out. */
  readonly name: string;
  readonly chosen: readonly Chosen[];
  readonly params: WrittenParams;
}

/** A value that is spelled in several ways in one file has its first spelling everywhere, as runner takes them for one. */
export class Spellings {
  readonly #first = new Map<string, Written>();

  of(name: string, given: PythonValue): Written {
    const key = `${name}=${codeOf(given.value)}`;
    const written = this.#first.get(key) ?? writtenOf(given);
    this.#first.set(key, written);
    return written;
  }
}

interface PointsOptions {
  readonly packs: readonly RunnerCases[];
  readonly spellings: Spellings;
  readonly problems: Problems;
}

/** All combinations of a document, the last choice the quickest to change. */
export function runnerPoints(document: RunnerDocument, { packs, spellings, problems }: PointsOptions): RunnerPoint[] {
  const { choices, at } = document;
  const lists = choices.map(({ name, values }) =>
    values.map((node) => ({ name, given: pythonValue(node), at: node.at })),
  );
  const count = lists.reduce((product, list) => product * list.length, 1);
  if (count > combinationsMax) {
    problems.add(at, `this document has ${count} combinations, more than ${combinationsMax}`);
    return [];
  }
  return product(lists).map((chosen) => {
    const params = new Map(chosen.map(({ name, given }) => [name, given]));
    const packed = chosen.flatMap((each) => {
      const pack = packs.find(({ name }) => name === each.name);
      return pack ? [...pack.of(each.given, each.at)] : [];
    });
    for (const { name } of packs) params.delete(name);
    for (const [name, given] of packed) params.set(name, given);
    return {
      name: runnerName(chosen),
      chosen,
      params: recordOf([...params].map(([name, given]) => [name, spellings.of(name, given)])),
    };
  });
}

function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((found, list) => found.flatMap((before) => list.map((item) => [...before, item])), [[]]);
}
