import { type GpuReport, gpuReport } from '../../sweep/commands/gpu-report.js';
import { textTableOf } from '../../sweep/results/text-table.js';
import { exitCodes } from './exit-code.js';
import type { Given } from './given.js';
import type { Terminal } from './terminal.js';

/** Lists the GPUs, what is in use of them, and which sweep has them. */
export async function gpus(given: Given, terminal: Terminal): Promise<number> {
  const found = await gpuReport();
  if (given.has('json')) terminal.printJson({ gpus: found });
  else if (found.length === 0)
    terminal.print('No GPU that this process may use: neither nvidia-smi nor rocm-smi shows one.');
  else terminal.print(...tableOf(found, terminal.width));
  return exitCodes.done;
}

function tableOf(found: readonly GpuReport[], width: number): string[] {
  const rows = found.map(({ id, name, totalMb, usedMb, utilization, processes, heldBy }) => ({
    GPU: id,
    name,
    'used MB': usedMb,
    'of MB': totalMb,
    '%': utilization,
    processes: processes.map(({ pid }) => pid).join(' '),
    'held by': heldBy ? `${heldBy.sweep || 'sweep'} (pid ${heldBy.pid}): ${heldBy.workers.join(', ')}` : '',
  }));
  const columns = Object.keys(rows[0] ?? {}).map((name) => {
    const isNumber = name.endsWith('MB') || name === '%';
    return { name, kind: 'meta' as const, type: isNumber ? ('int' as const) : ('string' as const) };
  });
  return textTableOf({ columns, rows }, { width, maxRows: Math.max(1, rows.length) });
}
