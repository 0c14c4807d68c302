import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { PersistentProcessWorker, WorkerLostError } from 'pyworkers';
import { Channel } from '#internal/channel/channel.js';
import { FrameReader, headerOf } from '#internal/channel/framing.js';
import { StreamCarrier } from '#internal/channel/stream.js';
import { eventually } from '../support/eventually.js';
import { Random, seedOf } from '../support/random.js';

interface Frame {
  readonly bytes: Uint8Array;
  readonly attachments: readonly unknown[];
}

describe('Frames on a byte stream', () => {
  it('are put together again from chunks of any sizes', () => {
    const seed = seedOf();
    const random = new Random(seed);
    for (let round = 0; round < 200; round++) {
      const frames = randomFrames(random);
      const arrived = read(chunksOf(streamOf(frames), () => 1 + random.below(random.oneOf([3, 50, 100_000]))));
      assert.deepEqual(arrived.map(contentOf), frames.map(contentOf), `SEED=${seed}`);
    }
  });

  it('are put together again from single bytes', () => {
    const frames = [frameOf(300, 5), frameOf(1), frameOf(2, 1, 9, 40)];
    assert.deepEqual(read(chunksOf(streamOf(frames), () => 1)).map(contentOf), frames.map(contentOf));
  });

  it('arrive as soon as they are complete, also where a part is empty', () => {
    const frames = [frameOf(3, 0), frameOf(0), frameOf(0, 0, 2, 0)];
    assert.deepEqual(read([streamOf(frames)]).map(contentOf), frames.map(contentOf));
  });

  it('have as many parts as they like', () => {
    const frame = frameOf(1, ...new Array(20_000).fill(1));
    assert.equal(read([streamOf([frame])])[0]?.attachments.length, 20_000);
  });

  it('own their attachments: the chunk they came in may be used again', () => {
    const frame = frameOf(2, 8);
    const chunk = streamOf([frame]);
    const [arrived] = read([chunk]);
    const expected = Buffer.from(frame.attachments[0] as ArrayBuffer);
    chunk.fill(0xee, 24);
    assert.deepEqual(Buffer.from(arrived?.attachments[0] as ArrayBuffer), expected);
  });
});

describe('A channel on a byte stream', () => {
  const garbage: Record<string, Buffer> = {
    'text that was never a frame': Buffer.from('hello world, this is not a frame at all'),
    'a length that no memory holds': Buffer.from('50595731ffffffff00000000f0', 'hex'),
    'attachments that no memory holds': Buffer.concat([
      Buffer.from('505957310000000100000001', 'hex'),
      doubleOf(1e18),
      Buffer.of(1),
    ]),
    'attachments of a negative length': Buffer.concat([
      Buffer.from('505957310000000100000001', 'hex'),
      doubleOf(-5),
      Buffer.of(1),
    ]),
    'attachments of no length': Buffer.concat([
      Buffer.from('505957310000000100000001', 'hex'),
      doubleOf(Number.NaN),
      Buffer.of(1),
    ]),
    'bytes that are not packed messages': streamOf([{ bytes: Uint8Array.of(0xc1, 0xc1, 0xc1), attachments: [] }]),
    'a packed message that ends too early': streamOf([{ bytes: Uint8Array.of(0xdb, 0, 0, 0, 9, 65), attachments: [] }]),
    'a record of an unknown shape': streamOf([{ bytes: Uint8Array.of(0x55, 1), attachments: [] }]),
  };

  for (const [name, bytes] of Object.entries(garbage)) {
    it(`ends, and neither throws nor waits, at ${name}`, async () => {
      const stream = new PassThrough();
      const carrier = new StreamCarrier(stream, stream);
      const channel = new Channel(carrier);
      channel.receive(() => {});
      stream.write(bytes);
      await eventually(() => stream.destroyed, 2000);
      await channel.ended;
    });
  }
});

describe('A process whose target writes into the channel', () => {
  it('is lost, and its caller lives on', async () => {
    const worker = new PersistentProcessWorker(
      async (text: string) => {
        const { writeSync } = await import('node:fs');
        writeSync(3, text);
        return new Promise<void>(() => setInterval(() => {}, 1000));
      },
      { graceMs: 100 },
    );
    await assert.rejects(worker.call('this is no frame'), WorkerLostError);
    assert.equal(await worker.wait(), true);
  });
});

function frameOf(byteLength: number, ...attachments: number[]): Frame {
  return {
    bytes: Uint8Array.from({ length: byteLength }, (_, i) => i),
    attachments: attachments.map((length) => Uint8Array.from({ length }, (_, i) => i * 3).buffer),
  };
}

function randomFrames(random: Random): Frame[] {
  const lengths = (count: number): number[] =>
    Array.from({ length: count }, () => random.below(random.oneOf([2, 200, 50_000])));
  return Array.from({ length: 1 + random.below(5) }, () => frameOf(random.below(5000), ...lengths(random.below(4))));
}

function streamOf(frames: readonly Frame[]): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => [
      headerOf(frame),
      frame.bytes,
      ...frame.attachments.map((buffer) => Buffer.from(buffer as ArrayBuffer)),
    ]),
  );
}

function* chunksOf(stream: Buffer, nextLength: () => number): Generator<Buffer> {
  for (let at = 0; at < stream.length; ) {
    const length = nextLength();
    yield Buffer.from(stream.subarray(at, at + length));
    at += length;
  }
}

function read(chunks: Iterable<Buffer>): Frame[] {
  const reader = new FrameReader();
  return [...chunks].flatMap((chunk) => reader.push(chunk));
}

function contentOf({ bytes, attachments }: Frame): unknown {
  return [digestOf(bytes), attachments.map((buffer) => digestOf(new Uint8Array(buffer as ArrayBuffer)))];
}

function digestOf(bytes: Uint8Array): string {
  return `${bytes.length} bytes, ${createHash('sha1').update(bytes).digest('hex')}`;
}

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}
