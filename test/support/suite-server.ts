import { ServerProcess, testToken } from './server-process.js';

/** A server for the remote workers of the suite that calls this; they find it without being told. */
export function suiteServer(): { readonly address: string } {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start();
    Object.assign(process.env, { PYW_HOST: server.address, PYW_TOKEN: testToken });
  });
  after(async () => {
    delete process.env.PYW_HOST;
    delete process.env.PYW_TOKEN;
    await server.stop();
  });
  return {
    get address() {
      return server.address;
    },
  };
}
