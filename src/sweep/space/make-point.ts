import type { Value } from '../../task/value.js';
import type { Choice, Point } from '../point.js';
import type { Computed } from './computed.js';
import type { PointLabels } from './point-labels.js';
import { idOfSettings, type Resolution } from './resolution.js';
import type { Setting } from './setting.js';

/** How the points of a space are made of what is chosen. */
export interface Making {
  readonly title: string;
  readonly resolution: Resolution;
  readonly computed: readonly Computed[];
  readonly labels?: PointLabels;
}

/** One choice and all that follows from it. */
export function makePoint(chosen: readonly Setting[], making: Making): Point {
  const { title, resolution, computed } = making;
  const settings = resolution.resolved(chosen);
  const params: Record<string, Value> = {};
  const texts: Record<string, string> = {};
  for (const { name, value, text, isSourced } of settings.values()) {
    params[name] = value;
    if (isSourced) texts[name] = text;
  }
  const id = idOfSettings(settings);
  for (const { name, value } of computed) params[name] = value(params);
  const labels = making.labels?.of(chosen);
  return Object.freeze({
    id,
    title,
    params: Object.freeze(params),
    choices: Object.freeze(chosen.map(choiceOf)),
    texts: Object.freeze(texts),
    ...(labels && { labels }),
  });
}

function choiceOf({ name, value, text, label = text }: Setting): Choice {
  return Object.freeze({ name, value, text, label });
}
