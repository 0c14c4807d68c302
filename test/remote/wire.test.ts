import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { LinkError } from 'pyworkers';
import { FrameReader } from '#internal/channel/framing.js';
import { helloOf, readHello } from '#internal/link/hello.js';
import { Link } from '#internal/link/link.js';
import { WireError, WireReader, WireWriter } from '#internal/link/wire.js';
import { Random } from '../support/random.js';

const MUTATIONS = 200_000;

/** A conversation as it should be: a hello, messages, data, credit, an end. */
function conversation(): Buffer {
  const wire = new WireWriter();
  const frames: Buffer[] = [];
  const add = (kind: 'hello' | 'message' | 'data' | 'credit' | 'end' | 'ping', payload: Buffer): void => {
    frames.push(wire.header({ kind, lane: 0 }, payload.length, 0), payload);
  };
  add('hello', Buffer.from(JSON.stringify(helloOf('caller'))));
  add('message', Buffer.from('{"type":"kill"}'));
  add('data', Buffer.from('some data'));
  add('credit', Buffer.from([0, 0, 1, 0]));
  add('ping', Buffer.alloc(0));
  add('end', Buffer.alloc(0));
  return Buffer.concat(frames);
}

describe('The wire', () => {
  const seed = Number(process.env.PYW_SEED ?? Date.now() % 1e9);

  it('reads the same frames however they are cut into chunks', () => {
    const bytes = conversation();
    for (let size = 1; size <= bytes.length; size++) {
      const seen: string[] = [];
      const reader = new WireReader({
        onFrame: ({ kind }, payload) => seen.push(`${kind} ${payload.length}`),
        onData: (_lane, piece) => seen.push(`data ${piece.length}`),
      });
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      const data = seen.filter((line) => line.startsWith('data')).reduce((sum, line) => sum + Number(line.slice(5)), 0);
      assert.equal(data, 9);
      assert.deepEqual(
        seen.filter((line) => !line.startsWith('data')).map((line) => line.split(' ')[0]),
        ['hello', 'message', 'credit', 'ping', 'end'],
      );
    }
  });

  it('passes over frames that it does not know, if they say that it may', () => {
    const seen: string[] = [];
    const reader = new WireReader({ onFrame: ({ kind }) => seen.push(kind), onData: () => {} });
    const wire = new WireWriter();
    const hello = wire.header({ kind: 'hello', lane: 0 }, 2, 0);
    const odd = wire.header({ kind: 'ping', lane: 0 }, 3, 0);
    odd.writeUInt8(200, 0);
    odd.writeUInt8(1, 1);
    const ping = wire.header({ kind: 'ping', lane: 0 }, 0, 0);
    reader.push(Buffer.concat([hello, Buffer.from('{}'), odd, Buffer.from('abc'), ping]));
    assert.deepEqual(seen, ['hello', 'ping']);
  });

  it(`outlives ${MUTATIONS.toLocaleString('en')} mutated conversations (PYW_SEED=${seed})`, async function () {
    this.timeout(120_000);
    const random = new Random(seed);
    const bytes = conversation();
    for (let i = 0; i < MUTATIONS; i++) {
      const mutated = mutate(bytes, random);
      let held = 0;
      const reader = new WireReader({
        onFrame: ({ kind }, payload) => {
          held = Math.max(held, payload.length);
          if (kind === 'hello') tryTo(() => readHello(payload, helloOf('server')), LinkError);
        },
        onData: () => {},
      });
      const half = Math.floor(random.fraction() * mutated.length);
      tryTo(() => {
        reader.push(mutated.subarray(0, half));
        reader.push(mutated.subarray(half));
      }, WireError);
      assert.ok(held <= mutated.length);
      const frames = new FrameReader();
      tryTo(() => frames.push(mutated), Error);
    }
  });

  it('ends a link whose other side sends nonsense, and never crashes', async function () {
    this.timeout(60_000);
    const random = new Random(seed);
    for (let i = 0; i < 2000; i++) {
      const mutated = mutate(conversation(), random);
      const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      const socket = Object.assign(stream, { ref() {}, unref() {} });
      const opening = Link.open(socket, helloOf('server'), 1000).then(
        (link) => link.listen({ onMessage: () => {} }),
        () => {},
      );
      socket.push(mutated);
      socket.push(null);
      await opening;
      socket.destroy();
    }
  });
});

function mutate(bytes: Buffer, random: Random): Buffer {
  const mutated = Buffer.from(bytes);
  for (let n = 1 + Math.floor(random.fraction() * 4); n > 0; n--) {
    mutated[Math.floor(random.fraction() * mutated.length)] = Math.floor(random.fraction() * 256);
  }
  return random.fraction() < 0.3 ? mutated.subarray(0, Math.floor(random.fraction() * mutated.length)) : mutated;
}

function tryTo(action: () => void, expected: abstract new (...args: never[]) => Error): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof expected)) throw error;
  }
}
