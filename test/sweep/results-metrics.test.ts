import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sweep } from 'pyworkers/sweep';
import type { Counters } from '#internal/sweep/metrics/counters.js';
import { GraphitePusher } from '#internal/sweep/metrics/graphite-pusher.js';
import { PrometheusServer } from '#internal/sweep/metrics/prometheus-server.js';
import { prometheusText } from '#internal/sweep/metrics/prometheus-text.js';
import { slow } from '../fixtures/sweep-engine-tasks.js';
import { command } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';

const counters: Counters = {
  total: 10,
  active: 2,
  finished: 3,
  failures: 1,
  exceptions: 1,
  retried: 4,
  stopped: 1,
  taskMs: { count: 4, total: 6000, p50: 1000, p90: 2000, p99: 2500 },
  workers: [
    { name: 'w"0\\\n', host: 'here', gpus: ['0', '1'], state: 'running', tasks: 3, memoryMb: 2 },
    { name: 'w1', state: 'waiting', tasks: 0 },
  ],
};

describe('Counters sent to Graphite', () => {
  let server: Server;
  let received = '';
  const sockets: Socket[] = [];
  const portOf = (): number => (server.address() as AddressInfo).port;

  beforeEach(async () => {
    received = '';
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (data) => {
        received += data;
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('are lines of text, at every interval, and once more at the end', async () => {
    let finished = 0;
    const snapshot = (): Counters => ({ ...counters, finished: finished++ });
    const pusher = new GraphitePusher(
      { host: '127.0.0.1', port: portOf(), prefix: 'lab.one', intervalMs: 10 },
      snapshot,
    );
    await eventually(() => /lab\.one\.finished 2 /.test(received));
    await pusher.close();
    await eventually(() => received.includes(`lab.one.finished ${finished - 1} `));
    const names = ['total', 'active', 'finished', 'failures', 'exceptions', 'retried', 'stopped'];
    const first = received.split('\n').slice(0, 7);
    assert.deepEqual(
      first.map((line) => line.split(' ')[0]),
      names.map((name) => `lab.one.${name}`),
    );
    const [, value, seconds] = first[0]?.split(' ') ?? [];
    assert.equal(value, '10');
    assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 30);
    assert.deepEqual([pusher.errors, pusher.dropped], [0, 0]);
  });

  it('come again on a new connection after one has broken, and that is told of once', async () => {
    const told: Error[] = [];
    const options = { host: '127.0.0.1', port: portOf(), prefix: 'p', intervalMs: 10 };
    const pusher = new GraphitePusher({ ...options, onError: (error) => told.push(error) }, () => counters);
    for (let i = 1; i <= 3; i += 1) {
      await eventually(() => sockets.length === i);
      const before = received.length;
      await eventually(() => received.length > before);
      sockets[i - 1]?.resetAndDestroy();
    }
    await eventually(() => sockets.length === 4);
    await eventually(() => pusher.errors >= 3);
    assert.equal(told.length, 1);
    await pusher.close();
  });

  it('hurt nobody where no server listens: errors are counted and told of once, old lines given up', async () => {
    const port = await freePort();
    const told: Error[] = [];
    let finished = 0;
    const options = {
      host: '127.0.0.1',
      port,
      prefix: 'p',
      intervalMs: 1,
      onError: (error: Error) => told.push(error),
    };
    const pusher = new GraphitePusher(options, () => ({ ...counters, finished: finished++ }));
    await eventually(() => pusher.errors > 3 && pusher.dropped > 70);
    assert.equal(told.length, 1);
    assert.match(told[0]?.message ?? '', /ECONNREFUSED/);
    await new Promise((resolve) => server.close(resolve));
    server.listen(port, '127.0.0.1');
    await eventually(() => received.includes('p.finished '));
    assert.ok(Number(/p\.finished (\d+) /.exec(received)?.[1]) >= 10, 'the oldest are gone');
    await pusher.close();
    await pusher.close();
  });

  it('end within a second or so where the server takes nothing in', async () => {
    const deaf = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const { port } = deaf.address() as AddressInfo;
    const pusher = new GraphitePusher({ host: '127.0.0.1', port, prefix: 'p' }, () => counters);
    await once(deaf, 'connection');
    const startedAt = performance.now();
    await pusher.close();
    assert.ok(performance.now() - startedAt < 3000);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => deaf.close(resolve));
  });

  it('do not need a snapshot that can be taken', async () => {
    let asked = 0;
    const snapshot = (): Counters => {
      asked += 1;
      if (asked === 1) throw new Error('not yet');
      return counters;
    };
    await using pusher = new GraphitePusher(
      { host: '127.0.0.1', port: portOf(), prefix: 'p', intervalMs: 5 },
      snapshot,
    );
    await eventually(() => received.includes('p.total 10'));
    assert.equal(pusher.errors, 1);
  });

  it('have names that Graphite can take', () => {
    for (const prefix of ['', 'a b', 'a\nb 1 1', '.a', 'a..b']) {
      assert.throws(() => new GraphitePusher({ host: 'x', prefix }, () => counters), /"prefix" takes words joined/);
    }
  });
});

describe('Counters served to Prometheus', () => {
  const ask = async (port: number, path = '/metrics', method = 'GET'): Promise<[number, string, string]> => {
    const request = get({ port, path, method, host: '127.0.0.1' });
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return [response.statusCode, response.headers['content-type'], text];
  };

  it('are told in its text format, labels escaped', () => {
    const text = prometheusText(counters, { sweep: 's' });
    for (const line of [
      '# TYPE pyw_sweep_tasks gauge',
      'pyw_sweep_tasks{sweep="s",state="done"} 3',
      'pyw_sweep_tasks{sweep="s",state="waiting"} 3',
      'pyw_sweep_tasks{sweep="s",state="failed"} 1',
      'pyw_sweep_exceptions_total{sweep="s"} 1',
      'pyw_sweep_retries_total{sweep="s"} 4',
      '# TYPE pyw_sweep_task_seconds summary',
      'pyw_sweep_task_seconds{sweep="s",quantile="0.9"} 2',
      'pyw_sweep_task_seconds_sum{sweep="s"} 6',
      'pyw_sweep_task_seconds_count{sweep="s"} 4',
      'pyw_sweep_workers{sweep="s",state="running"} 1',
      'pyw_sweep_workers{sweep="s",state="ending"} 0',
      'pyw_sweep_worker_busy{sweep="s",worker="w\\"0\\\\\\n",host="here",gpus="0,1"} 1',
      'pyw_sweep_worker_busy{sweep="s",worker="w1"} 0',
      'pyw_sweep_worker_memory_bytes{sweep="s",worker="w\\"0\\\\\\n",host="here",gpus="0,1"} 2097152',
    ]) {
      assert.ok(text.split('\n').includes(line), line);
    }
    const isLine =
      /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="([^"\\\n]|\\[\\"n])*"(,\w+="([^"\\\n]|\\[\\"n])*")*\})? [\d.e+-]+)$/;
    for (const line of text.trimEnd().split('\n')) assert.match(line, isLine);
  });

  it('say nothing of what there is nothing of', () => {
    const { taskMs: _, workers: __, ...few } = counters;
    assert.doesNotMatch(prometheusText(few), /seconds|worker/);
  });

  it('can be asked for while the sweep runs, as they are then', async () => {
    let finished = 3;
    await using server = await PrometheusServer.listen({ port: 0 }, () => ({ ...counters, finished }));
    const [status, type, text] = await ask(server.port);
    assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
    assert.match(text, /tasks\{state="done"\} 3\n/);
    finished = 4;
    assert.match((await ask(server.port, '/metrics?x=1'))[2], /tasks\{state="done"\} 4\n/);
    assert.deepEqual([(await ask(server.port, '/'))[0], (await ask(server.port, '/metrics', 'POST'))[0]], [404, 405]);
  });

  it('tell of a sweep while it runs what its workers do, and how long its tasks took', async () => {
    const port = await freePort();
    const path = mkdtempSync(join(tmpdir(), 'pyw-metrics-'));
    let text = '';
    try {
      await sweep({
        output: join(path, 'out'),
        variables: { x: [0, 1, 2, 3] },
        task: slow,
        workers: { count: 1, kind: 'thread' },
        prometheus: { port },
        hooks: {
          async beforeTask({ index }) {
            if (index === 3) [, , text] = await ask(port);
          },
        },
      });
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
    for (const line of [
      'pyw_sweep_tasks{state="done"} 3',
      'pyw_sweep_tasks{state="active"} 1',
      'pyw_sweep_workers{state="running"} 1',
      'pyw_sweep_workers{state="waiting"} 0',
      'pyw_sweep_task_seconds_count 3',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} in\n${text}`);
    }
    assert.match(text, /pyw_sweep_worker_tasks_total\{worker="worker-1",host="[^"]+"\} 3\n/);
    assert.ok(Number(/task_seconds\{quantile="0.5"\} (\S+)/.exec(text)?.[1]) >= 0.01);
  });

  it('that cannot be had are an answer, not a crash', async () => {
    await using server = await PrometheusServer.listen({ port: 0 }, () => {
      throw new Error('not yet');
    });
    assert.deepEqual((await ask(server.port)).slice(0, 1), [500]);
  });

  it('leave nothing open in the end, also with a client that keeps its connection', async () => {
    const server = await PrometheusServer.listen({ port: 0 }, () => counters);
    const { port } = server;
    const { connect } = await import('node:net');
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    const gone = once(socket.resume(), 'close');
    await Promise.all([server.close(), server.close(), gone]);
    await assert.rejects(ask(port), /ECONNREFUSED/);
  });

  it('keep no process from ending, nor those for Graphite', async () => {
    const script = `
      const { PrometheusServer } = await import('#internal/sweep/metrics/prometheus-server.js');
      const { GraphitePusher } = await import('#internal/sweep/metrics/graphite-pusher.js');
      const { port } = await PrometheusServer.listen({ port: 0 }, () => ({}));
      new GraphitePusher({ host: '127.0.0.1', port, prefix: 'p' }, () => ({}));
      console.log('ended');`;
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    assert.equal(await command(process.execPath, ['--eval', `(async () => {${script}})()`], root), 'ended\n');
  });

  it('cannot be served where the port is taken', async () => {
    await using server = await PrometheusServer.listen({ port: 0 }, () => counters);
    await assert.rejects(
      PrometheusServer.listen({ port: server.port }, () => counters),
      /EADDRINUSE/,
    );
    await assert.rejects(
      PrometheusServer.listen({ port: 0, labels: { 'a b': 'c' } }, () => counters),
      /"labels" takes/,
    );
  });
});
