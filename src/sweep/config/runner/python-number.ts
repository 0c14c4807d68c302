/** A float as Python's `str` writes it: `1.0`, `0.0001`, `1e-05`. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e'); // as few digits as tell it from all others
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${digits}e${signed(power)}`;
  const plain = plainOf(digits, power);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** A number as Python's `'%g'` writes it: six digits at most. */
export function percentG(value: number): string {
  if (!Number.isFinite(value)) return pythonFloat(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [rounded = '', exponent = '0'] = value.toExponential(5).split('e');
  const digits = rounded.replace(/\.?0+$/, '');
  const power = Number(exponent);
  return power < -4 || power >= 6 ? `${digits}e${signed(power)}` : plainOf(digits, power);
}

function signed(power: number): string {
  return `${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Without an exponent. */
function plainOf(digits: string, power: number): string {
  const sign = digits.startsWith('-') ? '-' : '';
  const all = digits.replace(/[-.]/g, '');
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${all}`;
  if (all.length <= power + 1) return sign + all.padEnd(power + 1, '0');
  return `${sign}${all.slice(0, power + 1)}.${all.slice(power + 1)}`;
}
