import { closeSync, openSync, writeSync } from 'node:fs';
import { Lane } from '../link/lane.js';
import { LaneNumber } from '../protocol/link.js';
import type { HostOptions } from './backend.js';

/** The lanes of a remote host's stdout and stderr, and where on this side they lead. */
export function remoteOutput({ stdio, onOutput }: HostOptions): readonly Lane[] {
  if (stdio === 'ignore') return [];
  const file = typeof stdio === 'object' ? openSync(stdio.file, 'a') : undefined;
  const lanes = (['stdout', 'stderr'] as const).map((name) => {
    const lane = new Lane(LaneNumber[name]);
    lane.on('data', (chunk: Buffer) => {
      if (file !== undefined) writeSync(file, chunk);
      else if (stdio === 'inherit') process[name].write(chunk);
      else onOutput(name, chunk);
    });
    lane.once('end', () => lane.destroy());
    return lane;
  });
  let open = lanes.length;
  for (const lane of lanes) {
    lane.once('close', () => {
      open -= 1;
      if (open === 0 && file !== undefined) closeSync(file);
    });
  }
  return lanes;
}
