const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `0:09`, `12:05`, `3:12:05`, `2 d 03:12`. */
export function clock(ms: number): string {
  const from = Math.max(0, ms);
  const days = Math.floor(from / DAY);
  const hours = Math.floor((from % DAY) / HOUR);
  const minutes = Math.floor((from % HOUR) / MINUTE);
  const seconds = two(Math.floor((from % MINUTE) / SECOND));
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** `0:40 to 1:10`. */
export function clockRange(minMs: number, maxMs: number): string {
  const [least, most] = [clock(minMs), clock(maxMs)];
  return least === most ? least : `${least} to ${most}`;
}

/** `3.1/s`, `12/min`, `4.5/h`: by whatever gives a number that one can read. */
export function rate(count: number, ms: number): string {
  if (count === 0 || ms <= 0) return '0/min';
  const [unit, name] =
    count / ms >= 1 / SECOND ? [SECOND, 's'] : count / ms >= 1 / MINUTE ? [MINUTE, 'min'] : [HOUR, 'h'];
  return `${short((count * unit) / ms)}/${name}`;
}

/** `512 MB`, `1.2 GB`. */
export function megabytes(mb: number): string {
  return mb < 1000 ? `${Math.round(mb)} MB` : `${short(mb / 1024)} GB`;
}

/** Two digits at least, and never more after the point than help. */
export function short(value: number): string {
  return value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
