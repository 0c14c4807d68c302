/*
 * What Node's own TLS does with the cipher of remote workers: an echo in a process of its own. Given a number of bytes,
 * it returns them when it has them all, as a worker has to; otherwise as they come.
 */
import { createServer } from 'node:tls';

const wholeBytes = Number(process.argv[2] ?? 0);

function returnWhole(socket) {
  let whole = Buffer.allocUnsafeSlow(wholeBytes);
  let at = 0;
  socket.on('data', (chunk) => {
    at += chunk.copy(whole, at);
    if (at < wholeBytes) return;
    socket.write(whole);
    whole = Buffer.allocUnsafeSlow(wholeBytes);
    at = 0;
  });
}

const server = createServer(
  {
    ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
    maxVersion: 'TLSv1.2',
    pskCallback: () => Buffer.alloc(32, 1),
  },
  (socket) => {
    socket.setNoDelay(true);
    if (wholeBytes) returnWhole(socket);
    else socket.pipe(socket);
  },
);
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
