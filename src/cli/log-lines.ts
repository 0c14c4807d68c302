import type { Log } from '../link/log.js';

/** A log as lines: for people, or as JSON for programs. */
export function logTo(out: NodeJS.WritableStream, options: { isJson: boolean; isVerbose: boolean }): Log {
  return (entry) => {
    if (entry.level === 'info' && !options.isVerbose) return;
    const at = new Date().toISOString();
    if (options.isJson) {
      out.write(`${JSON.stringify({ at, ...entry })}\n`);
      return;
    }
    const { level, event, ...details } = entry;
    const told = Object.entries(details).map(
      ([name, value]) => `${name}=${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
    );
    out.write(`${at} ${level} ${event} ${told.join(' ')}\n`);
  };
}
