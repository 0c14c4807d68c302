import { readFile } from 'node:fs/promises';
import type { Hop } from './host-settings.js';
import { type AgentKey, type AnyAuthMethod, createAgent, type SshAgent, utils } from './ssh2.js';

/** What this user can prove itself with to one host, and, for messages, what each of it is. */
export interface Proofs {
  readonly methods: AnyAuthMethod[];
  readonly names: readonly string[];
}

/** As ssh does it: the agent, then keys in files, then the password. */
export async function proofsFor(
  hop: Hop,
  secrets: { passphrase?: string | undefined; password?: string | undefined },
): Promise<Proofs> {
  const username = hop.user;
  const methods: AnyAuthMethod[] = [{ type: 'none', username }];
  const names: string[] = [];
  if (hop.agent !== undefined) {
    const named = await publicKeysOf(hop.identityFiles);
    methods.push({ type: 'agent', username, agent: choosyAgent(hop.agent, named, hop.identitiesOnly) });
    names.push(`the agent at ${hop.agent}`);
  }
  for (const file of hop.identityFiles) {
    const text = await readFile(file).catch(() => undefined);
    if (text === undefined) continue;
    const key = utils.parseKey(text, secrets.passphrase);
    if (key instanceof Error) names.push(`${file} (not usable: ${key.message})`);
    else {
      methods.push({
        type: 'publickey',
        username,
        key: text,
        ...(secrets.passphrase !== undefined && { passphrase: secrets.passphrase }),
      });
      names.push(file);
    }
  }
  const { password } = secrets;
  if (password !== undefined) {
    methods.push({ type: 'password', username, password });
    methods.push({
      type: 'keyboard-interactive',
      username,
      prompt: (...[, , , prompts, finish]) => finish(prompts.map(() => password)),
    });
    names.push('the password');
  }
  return { methods, names };
}

async function publicKeysOf(files: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(files.map((file) => readFile(`${file}.pub`, 'utf8').catch(() => '')));
  return texts.map((text) => text.split(' ')[1] ?? '').filter((key) => key !== '');
}

/** The user's agent, with the keys first that the configuration names: hosts listen to a few only. */
function choosyAgent(socket: string, named: readonly string[], isOnly: boolean): SshAgent {
  const agent = createAgent(socket);
  const all = agent.getIdentities.bind(agent);
  agent.getIdentities = (done) =>
    all((error, keys = []) => {
      const isNamed = (key: AgentKey): boolean => named.includes(textOf(key));
      const first = keys.filter(isNamed);
      done(error, isOnly ? first : [...first, ...keys.filter((key) => !isNamed(key))]);
    });
  return agent;
}

function textOf(key: AgentKey): string {
  if (typeof key === 'string') return key;
  if (Buffer.isBuffer(key)) return key.toString('base64');
  return 'getPublicSSH' in key ? key.getPublicSSH().toString('base64') : '';
}
