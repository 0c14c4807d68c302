import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A port that leads on to another one, and whose connections can be cut. */
export class CuttablePort {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: { readonly host: string; readonly port: number }) {
    this.#server = createServer((near) => {
      const far = connect(to.port, to.host);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
  }

  static async open(to: { readonly host: string; readonly port: number }): Promise<CuttablePort> {
    const port = new CuttablePort(to);
    port.#server.listen(0, '127.0.0.1');
    await once(port.#server, 'listening');
    return port;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends all connections, without a word of farewell. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
