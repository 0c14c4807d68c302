import { workerData } from 'node:worker_threads';
import { dial, tcpRoute } from '../link/dial.js';
import { HEARTBEAT_MS, helloOf } from '../link/hello.js';
import type { LinkOrder, LinkReport } from '../protocol/link.js';
import type { PulseOrder } from './pulse.js';

const BEATS = 4;
const CONNECT_TIMEOUT_MS = 10_000;

const { address, token, heartbeatMs = HEARTBEAT_MS, caller } = workerData as PulseOrder;
const link = await dial<LinkOrder, LinkReport>(tcpRoute(address), {
  token,
  role: 'server',
  hello: helloOf('caller', heartbeatMs, caller),
  timeoutMs: CONNECT_TIMEOUT_MS,
});
const boundMs = Math.min(heartbeatMs, (await link.peer).heartbeatMs);
const timer = setInterval(() => link.send({ type: 'pulse' }), boundMs / BEATS);
await link.ended;
clearInterval(timer);
