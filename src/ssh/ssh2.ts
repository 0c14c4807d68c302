import ssh2 from 'ssh2'; // CommonJS: its names are not all found by their own

/** The one door for ssh2. It is opened in a thread of its own, and only when somebody connects. */
export const { Client, createAgent, utils } = ssh2;
export type { AnyAuthMethod, ClientChannel } from 'ssh2';
export type SshClient = InstanceType<typeof Client>;
export type SshAgent = ReturnType<typeof createAgent>;
export type AgentKey = NonNullable<Parameters<Parameters<SshAgent['getIdentities']>[0]>[1]>[number];
