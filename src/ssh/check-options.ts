import {
  type Check,
  type Checks,
  checkOptions,
  isFunction,
  isPort,
  isPositive,
  isString,
  isStrings,
} from '../base/checks.js';
import { OptionError } from '../base/errors.js';

const isStringOrStrings: Check = (value) =>
  isString(value) && isStrings(value) ? 'a string, or an array of strings' : undefined;
const isHostKey: Check = (value) =>
  typeof value === 'string' && /^(strict|accept-new|SHA256:[\w+/]{43})$/.test(value)
    ? undefined
    : "'strict', 'accept-new' or a fingerprint ('SHA256:…', as ssh-keygen -lf prints it)";
const isAgent: Check = (value) => (value === false ? undefined : isString(value) && 'the path of a socket, or false');

const checks: Checks = {
  user: isString,
  port: isPort,
  identityFile: isStringOrStrings,
  passphrase: isString,
  password: isString,
  agent: isAgent,
  hostKey: isHostKey,
  config: isString,
  cwd: isString,
  node: isStringOrStrings,
  command: isString,
  serverArgs: isStrings,
  token: isString,
  tokenFile: isString,
  connectTimeoutMs: isPositive,
  heartbeatMs: isPositive,
  onOutput: isFunction,
};

export function checkSshOptions(host: unknown, options: unknown): void {
  if (typeof host !== 'string') throw new OptionError("Name the host: '[user@]host[:port]', as for ssh.");
  checkOptions(options, checks);
}
