import type { Gpu, GpuProcess, GpuUsage } from './gpu.js';
import { GpuError } from './gpu-error.js';
import { instancesByGpu } from './mig-list.js';
import { optional } from './optional.js';
import { runTool, type ToolAnswer, type ToolOptions } from './run-tool.js';

const TOOL = 'nvidia-smi';
const QUERY = [
  '--query-gpu=index,uuid,name,memory.total,memory.used,utilization.gpu,pci.bus_id',
  '--format=csv,noheader,nounits',
];
const QUERY_PROCESSES = ['--query-compute-apps=pid,gpu_uuid,used_memory', '--format=csv,noheader,nounits'];
const NO_DRIVER = 9;
const NO_LIBRARY = 12;
const ONLY_A_WARNING = 14; // the infoROM is damaged; the answer is good

interface Row {
  readonly gpu: Gpu;
  readonly usage: GpuUsage;
}

/** NVIDIA's GPUs, MIG instances in place of a GPU that is cut up; `undefined` where there is no `nvidia-smi`. */
export async function nvidiaGpus(options: ToolOptions = {}): Promise<Gpu[] | undefined> {
  const [rows, list] = await Promise.all([rowsOf(options), runTool(TOOL, ['-L'], options)]);
  if (!rows || !list) return undefined;
  const instances = instancesByGpu(linesOf(list).join('\n'));
  return rows.flatMap(({ gpu }) => instances.get(gpu.uuid ?? '')?.map((part) => ({ ...gpu, ...part })) ?? gpu);
}

/** By UUID. Empty where there is no `nvidia-smi`. */
export async function nvidiaUsage(options: ToolOptions = {}): Promise<Map<string, GpuUsage>> {
  // Who holds memory is asked first: what a process is seen to hold is then among what is used.
  const answer = await runTool(TOOL, QUERY_PROCESSES, options);
  const processes = answer && processesByGpu(answer);
  const rows = (answer && (await rowsOf(options))) ?? [];
  return new Map(rows.map(({ gpu, usage }) => [gpu.uuid ?? '', { ...usage, ...processesOf(processes, gpu) }]));
}

function processesOf(processes: Map<string, GpuProcess[]> | undefined, { uuid }: Gpu): GpuUsage {
  return processes ? { processes: processes.get(uuid ?? '') ?? [] } : {};
}

async function rowsOf(options: ToolOptions): Promise<Row[] | undefined> {
  const answer = await runTool(TOOL, QUERY, options);
  return answer && linesOf(answer).map(rowOf);
}

/** `undefined` where it is not told: some drivers do not tell it in a container. */
function processesByGpu(answer: ToolAnswer): Map<string, GpuProcess[]> | undefined {
  if (/not supported|N\/A\]?\s*,/i.test(answer.stdout)) return undefined;
  const found = new Map<string, GpuProcess[]>();
  for (const line of linesOf(answer)) {
    const [pid = '', uuid = '', used = ''] = line.split(',').map((field) => field.trim());
    if (!/^\d+$/.test(pid)) throw notUnderstood(line);
    const process = { pid: Number(pid), ...optional('usedMb', numberIn(used)) };
    found.set(uuid, [...(found.get(uuid) ?? []), process]);
  }
  return found;
}

function linesOf({ code, stdout, stderr }: ToolAnswer): string[] {
  const said = `${stdout}\n${stderr}`.trim();
  if (/no devices were found/i.test(said)) return [];
  if (code === NO_DRIVER || code === NO_LIBRARY || /communicate with the NVIDIA driver/i.test(said)) {
    throw new GpuError(
      `nvidia-smi is there, but it does not reach the NVIDIA driver: ${firstLine(said)} Load the driver, or ask for no GPUs.`,
      'ERR_GPU_DRIVER',
    );
  }
  if (code !== 0 && code !== ONLY_A_WARNING) {
    throw new GpuError(`nvidia-smi failed with code ${code}: ${firstLine(said)}`, 'ERR_GPU_TOOL_FAILED');
  }
  return stdout.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('WARNING:'));
}

function rowOf(line: string): Row {
  const fields = line.split(',').map((field) => field.trim());
  const [index = '', uuid = ''] = fields;
  const [total = '', used = '', utilization = '', busId = ''] = fields.slice(-4);
  const name = fields.slice(2, -4).join(', ');
  if (fields.length < 7 || !/^\d+$/.test(index) || !uuid.startsWith('GPU-')) throw notUnderstood(line);
  const gpu: Gpu = {
    id: index,
    index: Number(index),
    vendor: 'nvidia',
    name,
    uuid,
    ...optional('totalMb', numberIn(total)),
    busId,
    token: index,
  };
  return { gpu, usage: { ...optional('usedMb', numberIn(used)), ...optional('utilization', numberIn(utilization)) } };
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]` and `ERR!` are no numbers. */
function numberIn(field: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(field) ? Number(field) : undefined;
}

function notUnderstood(line: string): GpuError {
  return new GpuError(
    `nvidia-smi said what is not understood: ${JSON.stringify(line.slice(0, 200))}. List the GPUs under "devices" instead.`,
    'ERR_GPU_TOOL_OUTPUT',
  );
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300) || 'it said nothing.';
}
