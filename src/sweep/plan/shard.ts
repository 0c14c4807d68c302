import { OptionError } from '../../base/errors.js';

/** One of `count` parts of a plan; the first has the index 1. */
export interface ShardSpec {
  readonly index: number;
  readonly count: number;
}

/** Reads `2/8`. */
export function shardOf(shard: string | ShardSpec): ShardSpec {
  const [, index, count] =
    typeof shard === 'string' ? (/^(\d+)\/(\d+)$/.exec(shard.trim()) ?? []) : ['', shard.index, shard.count];
  const parsed = { index: Number(index), count: Number(count) };
  if (
    Number.isInteger(parsed.count) &&
    Number.isInteger(parsed.index) &&
    parsed.index >= 1 &&
    parsed.index <= parsed.count
  ) {
    return parsed;
  }
  throw new OptionError(`A shard is written 2/8, from 1/8 to 8/8, not ${JSON.stringify(shard)}.`);
}

/** The places that belong to a shard: as many as to any other, give or take one, and next to each other. */
export function shardRange({ index, count }: ShardSpec, size: number): { readonly from: number; readonly to: number } {
  const base = Math.floor(size / count);
  const larger = size - base * count; // size * index could be more than can be counted
  const startOf = (shards: number): number => base * shards + Math.min(shards, larger);
  return { from: startOf(index - 1), to: startOf(index) };
}
