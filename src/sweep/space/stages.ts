import type { Value } from '../../task/value.js';
import type { Computed } from './computed.js';
import type { Rule } from './rule.js';
import type { Slot } from './slots.js';

/** Parameters while a grid is walked. */
export type Scratch = Record<string, Value | undefined>;

/** What can be done once so many dimensions are decided: something computed, or a rule tried. */
export type Step =
  | { readonly type: 'compute'; readonly computed: Computed }
  | { readonly type: 'try'; readonly rule: Rule; readonly index: number };

/**
 * When to do what: a rule that speaks of upper variables only is tried once for all that lies below. Rules are tried
 * in their order, so that of several the first is said to have cut a point. `stages[n]`: after n dimensions.
 */
export function stagesOf(
  { slots, dimensions }: { readonly slots: readonly Slot[]; readonly dimensions: number },
  { computed, rules }: { readonly computed: readonly Computed[]; readonly rules: readonly Rule[] },
): readonly (readonly Step[])[] {
  const stages: Step[][] = Array.from({ length: dimensions + 1 }, () => []);
  const stageByName = new Map(slots.map((slot) => [slot.name, slot.dimension + 1]));
  const stageOf = (uses: ReadonlySet<string> | undefined): number =>
    uses ? Math.max(0, ...[...uses].map((name) => stageByName.get(name) ?? dimensions)) : dimensions;
  for (const each of computed) stageByName.set(each.name, stageOf(each.uses));
  const done = new Set<Computed>();
  let stage = 0;
  for (const [index, rule] of rules.entries()) {
    stage = Math.max(stage, stageOf(rule.uses));
    for (const each of neededBy(rule, computed)) {
      if (!done.has(each)) stages[stage]?.push({ type: 'compute', computed: each }); // not sooner: a rule before may be its guard
      done.add(each);
    }
    stages[stage]?.push({ type: 'try', rule, index });
  }
  return stages;
}

/** What a rule speaks of and what that follows from, in order. A function may read whatever there is. */
function neededBy(rule: Rule, computed: readonly Computed[]): readonly Computed[] {
  if (!rule.uses) return computed;
  const names = new Set(rule.uses);
  const needed: Computed[] = [];
  for (const [i, each] of [...computed.entries()].reverse()) {
    if (!names.has(each.name)) continue;
    needed.unshift(each);
    for (const name of each.uses ?? computed.slice(0, i).map((before) => before.name)) names.add(name);
  }
  return needed;
}
