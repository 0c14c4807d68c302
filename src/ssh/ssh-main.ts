import { type AddressInfo, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { ConnectError } from '../base/errors.js';
import { farCommand } from './far-command.js';
import { FarServer } from './far-server.js';
import { SshConnection } from './ssh-connection.js';
import type { SshOrder, SshReport } from './ssh-messages.js';

/*
 * The thread that has the ssh connection: it starts the server at the far end, keeps saying that this end is here, however
 * busy the main thread is, and leads on what connects to its port on this machine. Who has no token gets no further than
 * that: it is the far server that listens, in effect.
 */
const { destination, login, far, times, token } = workerData as SshOrder;
let connection: SshConnection | undefined;

try {
  connection = await SshConnection.open(destination, login, times);
  const server = await FarServer.start(connection, {
    name: destination,
    command: farCommand(far, times.heartbeatMs),
    token,
    heartbeatMs: times.heartbeatMs,
    startTimeoutMs: times.connectTimeoutMs,
    onOutput: (text) => tell({ type: 'output', text }),
  });
  parentPort?.once('message', () => server.stop());
  const farPort = await server.listening();
  tell({ type: 'listening', port: await leadOn(connection, farPort) });
  tell({ type: 'ended', message: await server.ended });
} catch (error) {
  const { code, message } = error as ConnectError;
  tell({ type: 'failed', message, code });
}
connection?.destroy();
process.exit();

function tell(report: SshReport): void {
  parentPort?.postMessage(report);
}

async function leadOn(to: SshConnection, farPort: number): Promise<number> {
  (await to.reach('127.0.0.1', farPort)).destroy(); // what sshd does not allow is told now
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void joined(socket, to, farPort));
  await new Promise<void>((listening, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', listening);
  });
  return (listener.address() as AddressInfo).port;
}

async function joined(socket: Socket, to: SshConnection, farPort: number): Promise<void> {
  try {
    socket.on('error', () => {}); // until there is something to join it with
    const channel = await to.reach('127.0.0.1', farPort);
    await Promise.all([pipeline(socket, channel), pipeline(channel, socket)]);
  } catch (error) {
    tell({ type: 'output', text: `${(error as Error).message}\n` });
    socket.destroy();
  }
}
