/** How a host's key is checked: it is known already, it may be new, or it is just this one. */
export type HostKeyPolicy = 'strict' | 'accept-new' | `SHA256:${string}`;

/** What ssh needs beyond the user's own configuration. */
export interface SshLogin {
  /** Default: as in the configuration, else this user's name. */
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** Tried before those of the configuration. */
  readonly identityFile?: string | readonly string[] | undefined;
  /** For key files that are encrypted. */
  readonly passphrase?: string | undefined;
  /** Told to this host only, never to those on the way. */
  readonly password?: string | undefined;
  /** The agent's socket, or `false` for none. Default: as in the configuration, else `SSH_AUTH_SOCK`. */
  readonly agent?: string | false | undefined;
  /**
   * `'strict'`: the key is in `known_hosts`. `'accept-new'`: or the host is not, and then it is added. `'SHA256:…'`: the
   * key has this fingerprint. Default: `'accept-new'` if the configuration says so, else `'strict'`.
   */
  readonly hostKey?: HostKeyPolicy | undefined;
  /** Another file than `~/.ssh/config`. */
  readonly config?: string | undefined;
}

/** What is to be started at the other end. */
export interface FarCommand {
  /** The folder to start in, which is where modules are found. Default: this process's own, if there is one there, else the home. */
  readonly cwd?: string | undefined;
  /** Interpreters, the first of which that is there and new enough is taken; `~` and `*` are filled in there. */
  readonly node?: string | readonly string[] | undefined;
  /** Starts a pyw-server in its own way (`'module load node && npx pyw-server'`); the arguments are put behind it. */
  readonly command?: string | undefined;
  /** More arguments for it: `['--max-workers', '8']`. */
  readonly serverArgs?: readonly string[] | undefined;
}
