import type { Gpu } from './gpu.js';
import { byReference } from './reference.js';

/**
 * Those of these GPUs that the environment leaves visible, in its order, each with the token that stands for it there. A
 * child is given tokens out of that list and never a number counted anew: what is `3` here is `3` for it.
 */
export function visibleOf(gpus: readonly Gpu[], env: NodeJS.ProcessEnv): Gpu[] {
  const nvidia = masked(ofVendor(gpus, 'nvidia'), env.CUDA_VISIBLE_DEVICES);
  return [...nvidia, ...amdVisible(ofVendor(gpus, 'amd'), env)];
}

/** The variable that names AMD's GPUs to a child: the one that did so to this process. */
export function amdVariable(env: NodeJS.ProcessEnv): 'HIP_VISIBLE_DEVICES' | 'ROCR_VISIBLE_DEVICES' {
  return hipMask(env) === undefined ? 'ROCR_VISIBLE_DEVICES' : 'HIP_VISIBLE_DEVICES';
}

/** HIP takes CUDA's variable for its own where it has none. */
function hipMask(env: NodeJS.ProcessEnv): string | undefined {
  return env.HIP_VISIBLE_DEVICES ?? env.CUDA_VISIBLE_DEVICES;
}

/** HIP counts within what ROCr leaves: the outer list first, then the inner one by places in it. */
function amdVisible(gpus: readonly Gpu[], env: NodeJS.ProcessEnv): Gpu[] {
  const outer = masked(gpus, env.ROCR_VISIBLE_DEVICES);
  const inner = hipMask(env);
  if (inner === undefined) return outer;
  if (env.ROCR_VISIBLE_DEVICES === undefined) return masked(outer, inner);
  const places = outer.map((gpu, place) => ({ ...gpu, id: String(place) }));
  return masked(places, inner).map((found) => {
    const gpu = outer[Number(found.id)] ?? found;
    return { ...gpu, token: found.token };
  });
}

/** Not set: all. Empty: none. What names no GPU, or one again, hides everything after it, as it does for CUDA. */
function masked(gpus: readonly Gpu[], mask: string | undefined): Gpu[] {
  if (mask === undefined) return [...gpus];
  const visible: Gpu[] = [];
  for (const token of mask.split(',').map((each) => each.trim())) {
    const gpu = byToken(token, gpus);
    if (!gpu || visible.some(({ id }) => id === gpu.id)) break;
    visible.push({ ...gpu, token: gpu.partOf === undefined ? token : gpu.token });
  }
  return visible;
}

/** The index of a GPU that is cut up stands for its first instance. */
function byToken(token: string, gpus: readonly Gpu[]): Gpu | undefined {
  if (!/^\d+$|^(GPU|MIG)-./.test(token)) return undefined;
  const plain = /^\d+$/.test(token) ? String(Number(token)) : token;
  return byReference(plain, gpus) ?? gpus.find(({ partOf, index }) => partOf !== undefined && String(index) === plain);
}

function ofVendor(gpus: readonly Gpu[], vendor: Gpu['vendor']): readonly Gpu[] {
  return gpus.filter((gpu) => gpu.vendor === vendor);
}
