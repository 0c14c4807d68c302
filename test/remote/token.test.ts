import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RemoteWorker, TokenError, WorkerServer } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { ServerProcess } from '../support/server-process.js';

const execute = promisify(execFile);
const command = fileURLToPath(new URL('../../../dist/cli/pyw-server.js', import.meta.url));

describe('The token', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyworkers-token-'));
    environment = { ...process.env, XDG_CONFIG_HOME: folder, PYW_TOKEN: '' };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function print(...args: string[]): Promise<string> {
    return (await execute(process.execPath, [command, 'token', ...args], { env: environment })).stdout.trim();
  }

  it('is made at its first use, for its user only, and is the same for 40 who come at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 40 }, () => print()));
    assert.equal(new Set(tokens).size, 1);
    assert.ok(Buffer.from(tokens[0] ?? '', 'base64url').length >= 32);
    assert.equal(statSync(join(folder, 'pyworkers', 'token')).mode & 0o777, 0o600);
  }).timeout(60_000);

  it('can be replaced, and then the old one gets nobody in', async () => {
    const old = await print();
    const fresh = await print('--rotate');
    assert.notEqual(fresh, old);
    const file = join(folder, 'pyworkers', 'token');
    const server = await ServerProcess.start(['--token-file', file]);
    const to = { host: server.address };
    assert.equal(await new RemoteWorker(behaviours.square, [2], { ...to, tokenFile: file }).value(), 4);
    await assert.rejects(new RemoteWorker(behaviours.square, [2], { ...to, token: old }).value(), {
      code: 'ERR_CONNECT_TOKEN',
    });
    await server.stop();
  });

  it('is refused from a file that others can read, that is empty, short, or not there', async () => {
    const file = join(folder, 'token');
    const open = () => WorkerServer.open({ port: 0, tokenFile: file });
    await assert.rejects(open(), /cannot be read/);
    writeFileSync(file, `${'t'.repeat(40)}\n`, { mode: 0o600 });
    chmodSync(file, 0o640);
    await assert.rejects(
      open(),
      (error) => error instanceof TokenError && /can be read or written by others: chmod 600/.test(error.message),
    );
    chmodSync(file, 0o600);
    writeFileSync(file, '\n');
    await assert.rejects(open(), /is empty/);
    writeFileSync(file, 'short');
    await assert.rejects(open(), /fewer than 16 bytes/);
  });

  it('may end with a newline or not', async () => {
    const [plain, ended] = [join(folder, 'plain'), join(folder, 'ended')];
    writeFileSync(plain, 't'.repeat(40), { mode: 0o600 });
    writeFileSync(ended, `${'t'.repeat(40)}\r\n`, { mode: 0o600 });
    await using server = await WorkerServer.open({ port: 0, tokenFile: plain });
    const to = { host: [server.host, server.port] as const, tokenFile: ended };
    assert.equal(await new RemoteWorker(behaviours.square, [2], to).value(), 4);
  });

  it('cannot be made where nothing can be written, and the error says what else to do', async () => {
    writeFileSync(join(folder, 'pyworkers'), 'a file in the way');
    await assert.rejects(print(), /cannot be made .* Set PYW_TOKEN, or name a file/);
  });

  it('never reaches a target, nor a command line', async () => {
    const server = await ServerProcess.start();
    const worker = new RemoteWorker(behaviours.environment, ['PYW_TOKEN'], {
      host: server.address,
      token: 'a token that only these tests know',
    });
    assert.equal(await worker.value(), undefined);
    assert.ok(!readFileSync(`/proc/${server.pid}/cmdline`, 'utf8').includes('only these tests know'));
    await server.stop();
  });
});
