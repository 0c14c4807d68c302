import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { SweepCommand } from '../support/sweep-command.js';
import { hasTmux, Tmux } from '../support/tmux.js';

/** How each shell is started without anything of its user's, and what it is told. */
const shells = {
  bash: { start: 'bash --norc --noprofile -i', load: 'source <(pyw-sweep completion bash)' },
  zsh: {
    start: 'zsh -f -i',
    load: "PS1='$ '; autoload -U compinit; compinit -u -D; source <(pyw-sweep completion zsh)",
  },
  fish: { start: 'fish --no-config -i', load: 'pyw-sweep completion fish | source' },
};

for (const [name, { start, load }] of Object.entries(shells)) {
  const isThere = hasTmux && spawnSync(name, ['--version']).status === 0;
  describe(`Completion in ${name}${isThere ? '' : ` (skipped: there is no ${hasTmux ? name : 'tmux'})`}`, function () {
    this.timeout(60_000); // the command is started by the shell
    let command: SweepCommand;
    let screen: Tmux | undefined;

    before(function () {
      if (!isThere) this.skip();
    });
    beforeEach(async () => {
      command = new SweepCommand();
      chmodSync(command.write('bin/pyw-sweep', `#!/bin/sh\nexec ${command.line} "$@"\n`), 0o755);
      command.write('results/keep', ''); // a folder that is called like a command
      command.write('my study/sweep.yaml', '');
      screen = new Tmux(`cd '${command.path}'; exec ${start}`, {
        columns: 120,
        rows: 30,
        env: { PATH: `${command.path}/bin:${process.env.PATH}`, PS1: '$ ' },
      });
      screen.press(`${load}; echo load''ed`, 'Enter');
      await screen.sees(/^loaded$/m);
    });
    afterEach(() => {
      screen?.stop();
      screen = undefined;
      command.remove();
    });

    /** What a line becomes by the key; then the line is given up. */
    const completes = async (typed: string, expected: RegExp): Promise<void> => {
      screen?.press(typed);
      screen?.press('Tab');
      await screen?.sees(expected);
      screen?.press('C-u');
    };

    it('knows commands, flags and what flags take', async () => {
      await completes('pyw-sweep resu', /pyw-sweep results$/m);
      await completes('pyw-sweep results --form', /pyw-sweep results --format=?$/m);
      await completes('pyw-sweep results --format parq', /pyw-sweep results --format parquet$/m);
      await completes('pyw-sweep stop --no-w', /pyw-sweep stop --no-wait$/m);
      await completes('pyw-sweep completion z', /pyw-sweep completion zsh$/m);
    });

    it('shows what there is where several fit', async () => {
      screen?.press('pyw-sweep st', 'Tab', 'Tab');
      await screen?.sees(/status(.|\n)*stop/);
    });

    it('leaves files to the shell, which knows how to write them', async () => {
      await completes('pyw-sweep status my', /pyw-sweep status (my\\ study|'my study)\/?/);
    });
  });
}
