import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../dist/cli/pyw-server.js', import.meta.url));
const token = 'a token that only benchmarks know';

/** The real command, on a free port of this machine. */
export async function startServer() {
  const child = spawn(process.execPath, [command, '--port', '0', '--exit-with-stdin'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYW_TOKEN: token },
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { host, port } = JSON.parse(line);
  return {
    address: `${host}:${port}`,
    token,
    async stop() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
