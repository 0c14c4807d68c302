import { isRecord } from '../../base/checks.js';
import type { Gpu, GpuUsage } from './gpu.js';
import { GpuError } from './gpu-error.js';
import { runTool, type ToolOptions } from './run-tool.js';

const TOOL = 'rocm-smi';
const ARGS = ['--showuniqueid', '--showproductname', '--showmeminfo', 'vram', '--showuse', '--showbus', '--json'];
const BYTES_PER_MB = 1024 * 1024;

interface Row {
  readonly gpu: Gpu;
  readonly usage: GpuUsage;
}

/** AMD's GPUs; `undefined` where there is no `rocm-smi`. */
export async function rocmGpus(options: ToolOptions = {}): Promise<Gpu[] | undefined> {
  return (await rowsOf(options))?.map(({ gpu }) => gpu);
}

/** By UUID, or by id for a GPU that has none. Which process holds what is not told. */
export async function rocmUsage(options: ToolOptions = {}): Promise<Map<string, GpuUsage>> {
  const rows = (await rowsOf(options)) ?? [];
  return new Map(rows.map(({ gpu, usage }) => [gpu.uuid ?? gpu.id, usage]));
}

async function rowsOf(options: ToolOptions): Promise<Row[] | undefined> {
  const answer = await runTool(TOOL, ARGS, options);
  if (!answer) return undefined;
  const { code, stdout, stderr } = answer;
  if (code !== 0) {
    const said = `${stderr}\n${stdout}`.trim().split('\n')[0] ?? '';
    throw new GpuError(`rocm-smi failed with code ${code}: ${said.slice(0, 300)}`, 'ERR_GPU_TOOL_FAILED');
  }
  const start = stdout.indexOf('{'); // warnings come before it, on the same output
  if (start < 0) return [];
  return Object.entries(parsed(stdout.slice(start))).flatMap(([name, card]) => rowOf(name, card) ?? []);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // said below, with the text
  }
  throw new GpuError(
    `rocm-smi said what is not understood: ${JSON.stringify(text.slice(0, 200))}. List the GPUs under "devices" instead.`,
    'ERR_GPU_TOOL_OUTPUT',
  );
}

/** The names of fields differ in case between versions. */
function rowOf(name: string, card: unknown): Row | undefined {
  const index = /^card(\d+)$/.exec(name)?.[1];
  if (index === undefined || !isRecord(card)) return undefined;
  const fields = new Map(Object.entries(card).map(([key, value]) => [key.toLowerCase(), String(value)]));
  const unique = /^0x([0-9a-f]+)$/i.exec(fields.get('unique id') ?? '')?.[1];
  const total = numberIn(fields.get('vram total memory (b)'));
  const used = numberIn(fields.get('vram total used memory (b)'));
  const utilization = numberIn(fields.get('gpu use (%)'));
  const busId = fields.get('pci bus');
  const gpu: Gpu = {
    id: index,
    index: Number(index),
    vendor: 'amd',
    name: fields.get('card series') ?? fields.get('card model') ?? 'AMD GPU',
    ...(unique ? { uuid: `GPU-${unique.toLowerCase()}` } : {}),
    ...(total === undefined ? {} : { totalMb: Math.floor(total / BYTES_PER_MB) }),
    ...(busId ? { busId } : {}),
    token: index,
  };
  const usedMb = used === undefined ? {} : { usedMb: Math.ceil(used / BYTES_PER_MB) };
  return { gpu, usage: { ...usedMb, ...(utilization === undefined ? {} : { utilization }) } };
}

function numberIn(field: string | undefined): number | undefined {
  return field !== undefined && /^\d+(\.\d+)?$/.test(field) ? Number(field) : undefined;
}
