import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PersistentRemoteWorker, RemoteWorker, type TmpSshServerOptions, tmpSshServer } from 'pyworkers';
import * as behaviours from '../fixtures/behaviours.js';
import { begun } from '../support/begun.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { longLived } from '../support/long-lived.js';
import { childrenOf, commandOf, isRunning } from '../support/processes.js';
import { testToken } from '../support/server-process.js';
import { hasSshd, keyFile, Sshd } from '../support/sshd.js';

const serverCommand = fileURLToPath(new URL('../../../dist/cli/pyw-server.js', import.meta.url));
const doomedCaller = fileURLToPath(new URL('../fixtures/ssh-caller.js', import.meta.url));

describe('Over ssh', () => {
  let sshd: Sshd;
  before(async function () {
    if (!hasSshd) {
      process.stderr.write(
        '\n  There is no sshd here: the tests over ssh are skipped. Install openssh-server to run them.\n',
      );
      return this.skip();
    }
    sshd = await Sshd.start(['AllowTcpForwarding yes']);
  });
  afterEach(() => {
    sshd?.configure();
  });
  after(() => sshd?.stop());

  const serve = (options: TmpSshServerOptions = {}, host = 'far') =>
    tmpSshServer(host, { config: sshd.config, ...options });

  /** Resolves when a worker has run there, and all is gone again. */
  async function works(options: TmpSshServerOptions = {}, host = 'far'): Promise<void> {
    await using server = await serve(options, host);
    assert.equal(await new RemoteWorker(behaviours.square, [3], { host: server }).value(), 9);
  }

  /** The processes of servers that sshd has started. */
  function farServers(pid = sshd.child.pid ?? 0): number[] {
    return childrenOf(pid).flatMap((child) => (commandOf(child).includes('pyw-server') ? [child] : farServers(child)));
  }

  describe('a temporary server', () => {
    it('runs workers of all sorts, and is gone with its disposal', async () => {
      const server = await serve();
      assert.equal(farServers().length, 1);
      assert.match(server.output, /"event":"listening","host":"127.0.0.1"/);
      const worker = new PersistentRemoteWorker(behaviours.square, { host: server });
      assert.deepEqual(await Promise.all([worker.call(1), worker.call(2)]), [1, 4]);
      const stuck = new RemoteWorker(behaviours.busy, [], { host: server });
      await begun(stuck);
      assert.equal(await stuck.terminate({ force: false }), true);
      const patient = new RemoteWorker(behaviours.patient, [], { host: server });
      await begun(patient);
      await server.terminate();
      assert.equal((patient.error as { reason?: string }).reason, 'server');
      assert.equal((await worker.outcome()).type, 'terminated');
      assert.deepEqual(farServers(), []);
      assert.match(await server.ended, /exit code 0/);
      const late = new RemoteWorker(behaviours.square, [1], { host: server });
      await assert.rejects(late.value(), { code: 'ERR_CONNECT_REFUSED', message: /far has ended/ });
    });

    it('takes its options in one object too', async () => {
      await using server = await tmpSshServer({ host: 'far', config: sshd.config });
      assert.equal(server.name, 'far');
    });

    it('is open, on this machine, to nobody without its token', async () => {
      await using server = await serve();
      const stranger = new RemoteWorker(behaviours.square, [1], {
        host: ['127.0.0.1', server.port],
        token: 'some other token, long enough',
      });
      await assert.rejects(stranger.value(), { code: 'ERR_CONNECT_TOKEN' });
      const friend = new RemoteWorker(behaviours.square, [5], {
        host: ['127.0.0.1', server.port],
        token: server.token,
      });
      assert.equal(await friend.value(), 25);
    });

    it('is told about when its ssh session dies, and so are its workers', async () => {
      const server = await serve();
      const worker = new RemoteWorker(behaviours.busy, [], { host: server });
      await begun(worker);
      const [session] = childrenOf(sshd.child.pid ?? 0);
      process.kill(session ?? 0, 'SIGKILL');
      assert.equal((await worker.outcome()).type, 'lost');
      assert.match(await server.ended, /lost|ended/);
      await eventually(() => farServers().length === 0);
      await server.terminate();
    });

    it('is told about when it is killed', async () => {
      const server = await serve();
      const worker = new RemoteWorker(behaviours.busy, [], { host: server });
      await begun(worker);
      process.kill(farServers()[0] ?? 0, 'SIGKILL');
      assert.equal((await worker.outcome()).type, 'lost');
      assert.match(await server.ended, /SIGKILL|KILL/);
      await server.terminate();
    });

    it('dies with its caller, even by SIGKILL, and so does what it runs', async () => {
      const caller = spawn(process.execPath, [doomedCaller, sshd.config], { stdio: ['pipe', 'pipe', 'inherit'] });
      longLived.add(caller.pid ?? 0);
      await once(createInterface({ input: caller.stdout }), 'line');
      const [server = 0] = farServers();
      const workers = childrenOf(server);
      assert.equal(workers.length, 1);
      caller.kill('SIGKILL');
      await eventually(() => !isRunning(server) && !workers.some(isRunning), 10_000);
      longLived.delete(caller.pid ?? 0);
    });

    it('that nobody disposes of does not keep its caller from ending', async () => {
      const caller = spawn(process.execPath, [doomedCaller, sshd.config, 'leave'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [code] = (await once(caller, 'exit')) as [number | null];
      assert.equal(code, 0);
      await eventually(() => farServers().length === 0);
    });

    it('keeps its workers while its caller is busy for longer than the heartbeat time', async () => {
      await using server = await serve({ heartbeatMs: 500 });
      const worker = new RemoteWorker(behaviours.slowSquare, [3, 2500], { host: server });
      await begun(worker).catch(() => {});
      await worker.ready;
      const until = performance.now() + 2000;
      while (performance.now() < until);
      assert.equal(await worker.value(), 9);
    });
  });

  describe('the far side', () => {
    it('is started in a folder, by default in one like this one', async () => {
      await using server = await serve();
      const here = new RemoteWorker(behaviours.workingDirectory, [], { host: server });
      assert.equal(await here.value(), process.cwd());
      await using elsewhere = await serve({ cwd: join(process.cwd(), 'build') });
      const there = new RemoteWorker(behaviours.workingDirectory, [], { host: elsewhere, root: process.cwd() });
      await assert.rejects(there.value(), { name: 'TargetError' }); // modules are looked up from there
    });

    it('takes the first interpreter that is there and new enough', async () => {
      const old = join(sshd.folder, 'old-node');
      writeFileSync(old, '#!/bin/sh\necho "old-node is too old" >&2; exit 1\n');
      chmodSync(old, 0o755);
      const folder = join(sshd.folder, "it's here", 'v1', 'bin');
      mkdirSync(folder, { recursive: true });
      const good = join(folder, 'node');
      writeFileSync(good, `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
      chmodSync(good, 0o755);
      const node = ['/no/such/node', old, join(sshd.folder, "it's here", '*', 'bin', 'node')];
      await using server = await serve({ node });
      assert.match(server.output, /old-node is too old/);
      assert.equal(await new RemoteWorker(behaviours.square, [4], { host: server }).value(), 16);
    });

    it('runs a command of your own, whatever it prints before', async () => {
      await works({ command: `echo welcome; echo '{"event":"no"}'; exec ${process.execPath} ${serverCommand}` });
      await works({ serverArgs: ['--max-workers', '1'], node: process.execPath });
    });

    for (const [what, options, expected] of [
      ['a folder is missing', { cwd: '/no/such folder' }, /no\/such folder/],
      ['there is no Node', { node: ['/no/node', '/none'] }, /No Node that can run pyworkers was found in .*\/none/],
      ['the package is missing', { cwd: '/' }, /pyworkers is not installed for \//],
      ['the command fails', { command: 'echo out of order; exit 3; :' }, /exit code 3.*out of order/s],
      ['an option of the server is wrong', { serverArgs: ['--nonsense'] }, /--nonsense/],
    ] as const) {
      it(`is told about when ${what}`, async () => {
        await assert.rejects(serve(options), { name: 'ConnectError', code: 'ERR_CONNECT_START', message: expected });
        await eventually(() => childrenOf(sshd.child.pid ?? 0).length === 0);
      });
    }

    it('is told about when it does not come to listen in time', async () => {
      const problem = { code: 'ERR_CONNECT_START', message: /did not say within 1500 ms that it listens/ };
      await assert.rejects(serve({ command: 'sleep 3; :', connectTimeoutMs: 1500 }), problem);
      await eventually(() => childrenOf(sshd.child.pid ?? 0).length === 0);
    });
  });

  describe('the host', () => {
    const hostKey = { name: 'ConnectError', code: 'ERR_CONNECT_HOST_KEY' };

    it('is not trusted when its key is not known, and is said to have which', async () => {
      writeFileSync(sshd.knownHosts, '');
      const fingerprint = execFileSync('ssh-keygen', ['-lf', join(sshd.folder, 'host_ed25519.pub')], {
        encoding: 'utf8',
      }).split(' ')[1];
      await assert.rejects(serve(), (error: Error) => {
        assert.match(error.message, /it is not known: connect with ssh once/);
        assert.ok(error.message.includes(fingerprint ?? '-'));
        return true;
      });
      await works({ hostKey: fingerprint as 'SHA256:' });
      assert.equal(readFileSync(sshd.knownHosts, 'utf8'), '');
    });

    it('is written down when new ones may be, and is known then, even hashed', async () => {
      for (const hash of ['no', 'yes']) {
        sshd.configure([`HashKnownHosts ${hash}`]);
        writeFileSync(sshd.knownHosts, '# no newline at the end');
        await works({ hostKey: 'accept-new' });
        assert.equal(readFileSync(sshd.knownHosts, 'utf8').includes('127.0.0.1'), hash === 'no');
        await works({ hostKey: 'strict' });
        execFileSync('ssh', ['-F', sshd.config, '-o', 'BatchMode=yes', 'far', 'true']); // OpenSSH reads it too
      }
      sshd.configure(['StrictHostKeyChecking accept-new']);
      writeFileSync(sshd.knownHosts, '');
      await works();
    });

    it('is not trusted with another key than it is known by, whatever is accepted', async () => {
      const other = readFileSync(`${keyFile(join(sshd.folder, 'other'))}.pub`, 'utf8');
      writeFileSync(sshd.knownHosts, `[127.0.0.1]:${sshd.port} ${other}`);
      await assert.rejects(serve(), { ...hostKey, message: /known by another one/ });
      await assert.rejects(serve({ hostKey: 'accept-new' }), { ...hostKey, message: /known by another one/ });
      await assert.rejects(serve({ hostKey: `SHA256:${'A'.repeat(43)}` }), { ...hostKey, message: /it should have/ });
      writeFileSync(sshd.knownHosts, `@revoked * ${sshd.hostKey('ed25519')}\n`);
      await assert.rejects(serve({ hostKey: 'accept-new' }), { ...hostKey, message: /revoked/ });
    });

    it('is asked for the key that it is known by', async () => {
      for (const type of ['rsa', 'ecdsa']) {
        writeFileSync(sshd.knownHosts, `# a comment\n\n[127.0.0.*]:*,!other ${sshd.hostKey(type)} comment\n`);
        await works();
      }
      sshd.configure(['HostKeyAlias alias.example']);
      writeFileSync(sshd.knownHosts, `alias.example ${sshd.hostKey('ed25519')}\n`);
      await works();
    });

    it('is reached through others, each of which is checked', async () => {
      const jump = [
        'Host jump',
        'HostName 127.0.0.1',
        `Port ${sshd.port}`,
        `IdentityFile ${sshd.identity}`,
        `UserKnownHostsFile ${sshd.knownHosts}`,
      ].join('\n  ');
      sshd.configure(['ProxyJump jump'], jump);
      await works();
      const twice = `${jump}\nHost second\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  IdentityFile ${sshd.identity}\n  UserKnownHostsFile ${sshd.knownHosts}`;
      sshd.configure(['ProxyJump jump,second'], twice);
      await works();
      sshd.configure(['ProxyJump jump'], jump.replace(sshd.knownHosts, '/dev/null'));
      await assert.rejects(serve(), { ...hostKey, message: /jump is not trusted/ });
      sshd.configure(['ProxyJump far'], '');
      await assert.rejects(serve(), { name: 'OptionError', message: /a circle/ });
    });

    it('is found in the configuration where there is no ssh to ask', async () => {
      const { PATH } = process.env;
      process.env.PATH = sshd.folder;
      try {
        await works({ node: process.execPath });
      } finally {
        process.env.PATH = PATH;
      }
    });

    it('is not reached in ways that are not supported, which are named', async () => {
      sshd.configure(['ProxyCommand nc %h %p']);
      await assert.rejects(serve(), { name: 'OptionError', message: /ProxyCommand/ });
    });

    it('is told about when nobody listens, or says nothing, or is no ssh server', async () => {
      const port = await freePort();
      await assert.rejects(serve({ port }), { code: 'ERR_CONNECT_REFUSED' });
      const silent = createServer((socket) => socket.resume()).listen(port, '127.0.0.1');
      await assert.rejects(serve({ port, connectTimeoutMs: 300 }), { code: 'ERR_CONNECT_UNREACHABLE' });
      silent.on('connection', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      await assert.rejects(serve({ port }), { code: 'ERR_CONNECT_UNREACHABLE' });
      silent.close();
    });

    it('may forbid to be gone through', async () => {
      const closed = await Sshd.start(['AllowTcpForwarding no']);
      try {
        await assert.rejects(serve({ config: closed.config }), {
          code: 'ERR_CONNECT_UNREACHABLE',
          message: /AllowTcpForwarding/,
        });
      } finally {
        await closed.stop();
      }
    });
  });

  describe('this user', () => {
    const login = { name: 'ConnectError', code: 'ERR_CONNECT_LOGIN' };

    it('comes in by a key of the configuration, one of the options, or an encrypted one', async () => {
      sshd.configure([`IdentityFile ${keyFile(join(sshd.folder, 'unknown'))}`]);
      await assert.rejects(serve({ agent: false }), { ...login, message: /offered .*unknown/ });
      await works({ identityFile: sshd.identity, agent: false });
      const encrypted = keyFile(join(sshd.folder, 'encrypted'), 'ed25519', 'open sesame');
      writeFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${encrypted}.pub`), { flag: 'a' });
      sshd.configure([`IdentityFile ${encrypted}`]);
      await works({ passphrase: 'open sesame' });
      await assert.rejects(serve({ agent: false }), { ...login, message: /encrypted \(not usable: .*passphrase/i });
      await assert.rejects(serve({ passphrase: 'wrong', agent: false }), { ...login, message: /not usable/ });
    });

    it('comes in by an agent, with the right one of many keys', async () => {
      const socket = join(sshd.folder, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
      longLived.add(agent.pid ?? 0);
      try {
        await once(agent.stdout, 'data');
        const add = (file: string) =>
          execFileSync('ssh-add', ['-q', file], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
        for (let i = 0; i < 8; i++) add(keyFile(join(sshd.folder, `many_${i}`))); // more than sshd would listen to
        add(sshd.identity);
        const onlyPublic = join(sshd.folder, 'public');
        writeFileSync(`${onlyPublic}.pub`, readFileSync(`${sshd.identity}.pub`));
        for (const only of ['yes', 'no']) {
          sshd.configure([`IdentityFile ${onlyPublic}`, `IdentitiesOnly ${only}`, `IdentityAgent ${socket}`]);
          await works();
        }
        await assert.rejects(serve({ agent: '/no/agent' }), { ...login, message: /the agent at \/no\/agent/ });
      } finally {
        agent.kill();
        await once(agent, 'exit');
        longLived.delete(agent.pid ?? 0);
      }
    });

    it('comes in by a password', async function () {
      const { PYW_TEST_SSH_USER: user, PYW_TEST_SSH_PASSWORD: password } = process.env;
      if (!user || !password) {
        process.stderr.write(
          '\n  There is no user to come in by a password (.ci/run makes one): that test is skipped.\n',
        );
        return this.skip();
      }
      const options = { user, agent: false, command: 'exit 7; :' } as const;
      await assert.rejects(serve({ ...options, password }), { code: 'ERR_CONNECT_START', message: /exit code 7/ });
      await assert.rejects(serve({ ...options, password: 'wrong' }), { ...login, message: /the password/ });
    });

    it('is told about what cannot be', async () => {
      for (const host of ['-oProxyCommand=true', '', 'a b', 'user@', '-x@host']) {
        await assert.rejects(tmpSshServer(host), { name: 'OptionError' }, host);
      }
      const problem = { name: 'OptionError' };
      await assert.rejects(serve({ hostKey: 'whatever' as 'strict' }), { ...problem, message: /accept-new/ });
      await assert.rejects(serve({ nonsense: 1 } as object), { ...problem, message: /no option "nonsense"/ });
      await assert.rejects(serve({ token: 'short' }), { name: 'TokenError' });
      await assert.rejects(serve({ config: '/no/config' }), { ...problem, message: /configuration/ });
    });
  });

  describe('pyw-server ssh', () => {
    const readyFile = (): string => join(sshd.folder, 'ready.json');

    /** Runs the command on some hosts; all but one of the configuration's names lead to this sshd. */
    function start(...args: string[]) {
      const names = ['Host one two', 'HostName 127.0.0.1', `Port ${sshd.port}`, `IdentityFile ${sshd.identity}`];
      sshd.configure([], [...names, `UserKnownHostsFile ${sshd.knownHosts}`].join('\n  '));
      const child = spawn(
        process.execPath,
        [serverCommand, 'ssh', '--ssh-config', sshd.config, '--ready-file', readyFile(), ...args],
        { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PYW_TOKEN: testToken } },
      );
      longLived.add(child.pid ?? 0);
      const exit = once(child, 'exit') as Promise<[number | null]>;
      void exit.then(() => longLived.delete(child.pid ?? 0));
      const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
      const errors = text(child.stderr);
      return { child, exit, line, errors };
    }

    it('starts many, writes where they are, and ends them', async () => {
      const { child, exit, line } = start('one', 'two');
      const [said] = await line;
      assert.equal(readFileSync(readyFile(), 'utf8'), `${said}\n`);
      const report = JSON.parse(said) as { event: string; servers: { name: string; host: string; port: number }[] };
      assert.equal(report.event, 'ready');
      assert.deepEqual(
        report.servers.map(({ name }) => name),
        ['one', 'two'],
      );
      for (const { host, port } of report.servers) {
        assert.equal(
          await new RemoteWorker(behaviours.square, [6], { host: [host, port], token: testToken }).value(),
          36,
        );
      }
      assert.equal(farServers().length, 2);
      child.kill('SIGTERM');
      assert.deepEqual(await exit, [0, null]);
      assert.deepEqual(farServers(), []);
      assert.throws(() => readFileSync(readyFile()), { code: 'ENOENT' });
    });

    it('fails as a whole when one fails, or makes do with the others', async () => {
      const strict = start('one', 'nowhere.invalid');
      assert.deepEqual(await strict.exit, [1, null]);
      assert.match(await strict.errors, /nowhere\.invalid/);
      assert.match(readFileSync(readyFile(), 'utf8'), /"event":"failed","servers":\[\]/);
      assert.deepEqual(farServers(), []);
      const lenient = start('one', 'nowhere.invalid', '--keep-going');
      assert.match((await lenient.line)[0], /"event":"partly ready","servers":\[\{"name":"one"/);
      process.kill(farServers()[0] ?? 0, 'SIGKILL');
      assert.deepEqual(await lenient.exit, [1, null]); // the last of them is gone
      assert.match(await lenient.errors, /one is gone/);
    });

    it('says what is wrong with its command line', async () => {
      for (const [args, message] of [
        [[], /needs the names of hosts/],
        [['one', 'one'], /named twice/],
        [['one', '--port', '1'], /--port/],
        [['one', '--heartbeat', 'soon'], /--heartbeat takes a number/],
        [['one', '--host-key', 'any'], /accept-new/],
      ] as const) {
        const { exit, errors } = start(...args);
        assert.notEqual((await exit)[0], 0);
        assert.match(await errors, message);
      }
      const help = start('--help');
      assert.match((await help.line)[0], /pyw-server ssh HOST/);
      assert.deepEqual(await help.exit, [0, null]);
    });
  });
});
