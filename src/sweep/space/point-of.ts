import type { Point } from '../point.js';
import { computedOf } from './computed.js';
import { makePoint } from './make-point.js';
import { Resolution } from './resolution.js';
import { settingsOf } from './setting.js';
import type { SpaceSpec, WrittenParams } from './space-spec.js';

/** What holds for all of some points that come one by one. */
export type PointOptions = Pick<SpaceSpec, 'title' | 'computed' | 'defaults' | 'aliases'>;

/** A point of explicit parameters, checked as those of a space are; its choices are in the order given. */
export function pointOf(params: WrittenParams, options: PointOptions = {}): Point {
  const chosen = settingsOf(params, 'A point');
  const resolution = new Resolution(options);
  const names = new Set(resolution.resolved(chosen).keys());
  return makePoint(chosen, { title: options.title ?? '', resolution, computed: computedOf(options.computed, names) });
}
