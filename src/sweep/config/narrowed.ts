import { nearest } from '../../task/command/nearest.js';
import { planOf } from '../run/plan-of.js';
import type { SweepSpec } from '../run/spec.js';
import type { SampleSpec, SpaceSpec } from '../space/space-spec.js';
import type { LoadOptions } from './sweep-file.js';
import { SweepFileError } from './sweep-file-error.js';

interface NarrowOptions extends LoadOptions {
  /** The file, for errors. */
  readonly shown: string;
}

/** Only what was asked for of a specification. */
export function narrowed(spec: SweepSpec, { titles, only, samplePerSpace, shown }: NarrowOptions): SweepSpec {
  const chosen = titles ? ofTitles(spec, titles, shown) : spec;
  const sampled = samplePerSpace === undefined ? chosen : sampledOf(chosen, samplePerSpace);
  return only ? { ...sampled, only } : sampled;
}

/** Spaces of these titles. Throws where a title is nobody's. */
function ofTitles(spec: SweepSpec, titles: readonly string[], shown: string): SweepSpec {
  const spaces: readonly SpaceSpec[] = spec.spaces ?? [spec];
  checkTitles(
    titles,
    spaces.flatMap(({ title }) => title ?? []),
    shown,
  );
  return spec.spaces
    ? { ...spec, spaces: spec.spaces.filter(({ title }) => title !== undefined && titles.includes(title)) }
    : spec;
}

/** Refuses titles that are nobody's. */
export function checkTitles(titles: readonly string[], known: readonly string[], shown: string): void {
  if (known.length === 0) throw new SweepFileError(shown, 'nothing in it has a title, so none can be chosen by one.');
  const unknown = titles.find((title) => !known.includes(title));
  if (unknown === undefined) return;
  const like = nearest(unknown, known);
  const hint = like === undefined ? `The titles are: ${[...new Set(known)].join(', ')}.` : `Did you mean "${like}"?`;
  throw new SweepFileError(shown, `nothing in it has the title "${unknown}". ${hint}`);
}

function sampledOf(spec: SweepSpec, count: number): SweepSpec {
  const { spaces } = spec;
  if (spaces) return { ...spec, spaces: spaces.map((space) => ({ ...space, sample: atMost(count, planOf(space)) })) };
  return { ...spec, sample: atMost(count, planOf(spec)) };
}

function atMost(count: number, { size }: { readonly size: number }): SampleSpec {
  return { count: Math.min(count, size) };
}
