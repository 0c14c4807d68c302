import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sourced, sweep } from 'pyworkers/sweep';

const output = 'build/sweep-commands';

const results = await sweep({
  output,
  variables: {
    // As a command gets it: 1e-2, and not 0.01.
    rate: [sourced(0.1, '0.1'), sourced(0.01, '1e-2')],
    verbose: [true, false],
  },
  commands: {
    // Two programs in a pipeline. If either of them fails, the task has failed.
    prepare: 'seq 1 100 | tail -n 3 > {_output}/numbers',
    // `[verbose]` becomes --verbose or nothing, `[rate]` becomes --rate 1e-2.
    train: `node -e '
      const numbers = fs.readFileSync(process.argv[1], "utf8").trim().split("\\n").map(Number);
      const rate = Number(process.argv[process.argv.indexOf("--rate") + 1]);
      if (process.argv.includes("--verbose")) console.log("numbers:", numbers.join(" "));
      console.log("epoch 1 loss=" + rate * 100);
      console.log("epoch 2 loss=" + rate * 10);
      fs.writeFileSync(process.env.PYW_RESULT, JSON.stringify({ sum: numbers.reduce((a, b) => a + b) }));
    ' -- {_output}/numbers [rate] [verbose]`,
    // No result file, no ::result line: the log is searched for the metrics below.
    evaluate: 'cat {_output}/log.train.* | grep epoch',
  },
  metrics: { loss: 'loss=(\\S+)' },
  workers: { count: 2 },
});

console.log(results.table().join('\n'));
const folder = join(output, 'rate=1e-2', 'verbose=true');
const log = readdirSync(folder).find((name) => name.startsWith('log.train.')) ?? '';
console.log(readFileSync(join(folder, log), 'utf8').trim());
rmSync(output, { recursive: true });
