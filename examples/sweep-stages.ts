import { rmSync } from 'node:fs';
import { type RangeSpec, stages } from 'pyworkers/sweep';
import { height } from './sweep-tasks.js';

const output = 'build/sweep-stages';

/** Five values around one that was good. */
const around = (value: unknown, width: number): RangeSpec => ({
  from: Number(value) - width,
  to: Number(value) + width,
  count: 5,
});

const [coarse, fine] = await stages(
  { output, variables: { x: { from: 0, to: 1, step: 0.25 }, y: { from: 0, to: 1, step: 0.25 } }, task: height },
  (previous) => {
    const [best] = previous.best('height', { goal: 'max' });
    return { variables: { x: around(best?.x, 0.1), y: around(best?.y, 0.1) }, task: height };
  },
);

for (const results of [coarse, fine]) {
  const [best] = results?.best('height', { goal: 'max' }) ?? [];
  console.log(`${results?.length} points, the highest at x=${best?.x}, y=${best?.y}`);
}
rmSync(output, { recursive: true });
