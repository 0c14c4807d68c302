import type { WorkersOptions } from './spec.js';

export const gpusTaken =
  'a number for each worker (1, 0.5), a list ([0,1,"2,3"]), an object ({"gpus":1,"avoid":[0]}) or inherit';

/** GPUs as a flag or the environment names them; `undefined` for what is none of `gpusTaken`. What is in it is not checked. */
export function gpusFrom(text: string): WorkersOptions['gpus'] {
  if (text === 'inherit') return text;
  if (/^[[{]/.test(text)) return jsonOf(text);
  const number = Number(text);
  return text !== '' && number >= 0 ? number : undefined;
}

function jsonOf(text: string): WorkersOptions['gpus'] {
  try {
    return JSON.parse(text) as WorkersOptions['gpus']; // checked with all other options
  } catch {
    return undefined;
  }
}
