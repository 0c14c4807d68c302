import assert from 'node:assert/strict';
import { seal, unseal } from '#internal/codec/codec.js';
import { Packer, Unpacker } from '#internal/codec/packer.js';
import { Random, seedOf } from '../support/random.js';
import { RandomGraph } from '../support/random-graph.js';
import { assertSameGraph } from '../support/same-graph.js';

const GRAPHS = 2000;

/** What a stream carries of a value: bytes, and buffers as bytes. */
function carried(value: unknown, { packer, unpacker }: { packer: Packer; unpacker: Unpacker }): unknown {
  const attachments: unknown[] = [];
  const sink = {
    shares: false,
    leavesAtOnce: false,
    transfer: new Set(),
    add: (attachment: unknown) => attachments.push(attachment) - 1,
  };
  const bytes = Uint8Array.from(packer.pack({ payload: seal(value, 'value', sink) }));
  const arrived: unknown[] = [];
  unpacker.unpackEach(bytes, (message) => arrived.push(unseal((message as { payload: never }).payload, attachments)));
  assert.equal(arrived.length, 1);
  return arrived[0];
}

describe('The codec', () => {
  it(`carries what a structured clone carries: ${GRAPHS} random values over one connection`, () => {
    const seed = seedOf();
    const connection = { packer: new Packer(), unpacker: new Unpacker() };
    for (let i = 0; i < GRAPHS; i++) {
      const value = new RandomGraph(new Random(seed + i)).root();
      try {
        assertSameGraph(carried(value, connection), structuredClone(value));
      } catch (cause) {
        throw new Error(`SEED=${seed + i}: ${(cause as Error).message}`, { cause });
      }
    }
  });

  it('carries any number of record shapes over one connection', () => {
    const connection = { packer: new Packer(), unpacker: new Unpacker() };
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 3000; i++) {
        const value = { [`a${i}`]: i, [`b${i % 100}`]: { [`c${i}`]: [{ d: 1, [`e${i % 7}`]: 2 }] } };
        assert.deepEqual(carried(value, connection), value);
      }
    }
  });
});
