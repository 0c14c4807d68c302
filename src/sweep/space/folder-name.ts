import type { Point } from '../point.js';
import { codeOf } from './canonical.js';
import { componentOf, type Part } from './component.js';

/** The parts of a folder's name, level by level: most levels have one. */
export type Levels = readonly (readonly Part[])[];

const componentLengthMax = 200;
const pathLengthMax = 900;
const cutLength = 150;

/** Has no "=", as every name of a point with choices has. */
const nameWithoutChoices = 'point';

/** A folder for each variable: `model=bert/lr=1e-4/seed=0`. `id`: of the point. */
export function nestedName(levels: Levels, id: string): string {
  if (levels.length === 0) return nameWithoutChoices;
  const components = levels.map((parts) => parts.map(componentOf).join(','));
  const path = components.join('/');
  const isShort = path.length <= pathLengthMax && components.every(({ length }) => length <= componentLengthMax);
  return isShort ? path : markedName(levels, id);
}

/** All in one: `model=bert,lr=1e-4,seed=0`. */
export function flatName(levels: Levels, id: string): string {
  const name = levels.flat().map(componentOf).join(',');
  if (name === '') return nameWithoutChoices;
  return name.length <= componentLengthMax ? name : markedName(levels, id);
}

/** One folder that lies in no other and holds no other, whatever else there is: it has the point's id in it. */
export function markedName(levels: Levels, id: string): string {
  const name = levels.flat().map(componentOf).join(',');
  return `${name === '' ? nameWithoutChoices : name.slice(0, cutLength)}~~${id}`;
}

/** For points that come one by one, of the same aliases and defaults: flat, and no two have the same. */
export function folderOf(point: Point): string {
  const parts = point.choices.map(({ name, value, text, label }) => ({ name, code: codeOf(value), text, label }));
  return flatName([parts], point.id);
}
