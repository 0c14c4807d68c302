/** Parts that no entry point shows, from the built package: what is tested is what ships. */
const dist = new URL('../../../dist/', import.meta.url);

async function load<M>(path: string): Promise<M> {
  return (await import(new URL(path, dist).href)) as M;
}

export const { seal, unseal } = await load<typeof import('../../dist/codec/codec.js')>('codec/codec.js');
export const { Packer, Unpacker } = await load<typeof import('../../dist/codec/packer.js')>('codec/packer.js');
export const { FrameReader, headerOf } = await load<typeof import('../../dist/channel/framing.js')>('channel/framing.js');
export const { StreamCarrier } = await load<typeof import('../../dist/channel/stream.js')>('channel/stream.js');
export const { Channel } = await load<typeof import('../../dist/channel/channel.js')>('channel/channel.js');
