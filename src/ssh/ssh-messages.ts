import type { ConnectCode, OptionError } from '../base/errors.js';
import type { FarCommand, SshLogin } from './options.js';
import type { SshTimes } from './ssh-connection.js';

/** What the thread with the ssh connection is given. */
export interface SshOrder {
  readonly destination: string;
  readonly login: SshLogin;
  readonly far: FarCommand;
  readonly times: SshTimes;
  readonly token: string;
}

/** What it tells. */
export type SshReport =
  /** The far server listens, and so does the thread, here, for connections to it. */
  | { readonly type: 'listening'; readonly port: number }
  /** Something that was printed over there. */
  | { readonly type: 'output'; readonly text: string }
  /** It never came to that. */
  | { readonly type: 'failed'; readonly message: string; readonly code: ConnectCode | OptionError['code'] }
  /** It is over. */
  | { readonly type: 'ended'; readonly message: string };
