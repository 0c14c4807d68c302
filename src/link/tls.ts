import { constants } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { type KeyRole, keyOf } from './token.js';

/*
 * Who has the token gets in, and proves it without sending it: TLS with a pre-shared key, Node's own, one cipher. Both
 * sides are proven, all is encrypted, and there are no certificates.
 */
const suite = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

/** Travels in clear, so it says no more than what this is. */
const identityOf = (role: KeyRole): string => `pyworkers ${role}`;

/** Listens for those who have the key of its role. What is given to `pskCallback` comes from anybody: it must not throw. */
export function pskServer(token: string, role: KeyRole): Server {
  const key = keyOf(token, role);
  const identity = identityOf(role);
  return createServer({
    ...suite,
    secureOptions: constants.SSL_OP_NO_TICKET, // a saved session would outlive a token that was replaced
    pskCallback: (_socket, offered) => (offered === identity ? key : null),
  });
}

/** Proves itself to a listener of this role, over a stream that is connected already. */
export function pskConnect(socket: Duplex, token: string, role: KeyRole): TLSSocket {
  const psk = keyOf(token, role);
  return connect({
    ...suite,
    socket,
    secureOptions: constants.SSL_OP_NO_TICKET,
    pskCallback: () => ({ psk, identity: identityOf(role) }),
    checkServerIdentity: () => undefined, // the key proves it; there is no certificate
  });
}
