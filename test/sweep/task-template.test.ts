// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import {
  checkTemplate,
  fillTemplate,
  orphans,
  parseTemplate,
  type TemplateValues,
} from '#internal/task/command/template.js';
import type { Params } from '#internal/task/value.js';
import { Random } from '../support/random.js';
import { Scratch } from '../support/scratch.js';

const reserved = { _name: 'lr-0.1', _output: '/out/a b', _time: '20260101T000000.000Z', _id: 'abc' };
const valuesOf = (params: Params, texts: Record<string, string> = {}): TemplateValues => ({ params, texts, reserved });
const fill = (text: string, params: Params = {}, texts?: Record<string, string>): string =>
  fillTemplate(parseTemplate(text), valuesOf(params, texts));

describe('A command template', () => {
  const scratch = new Scratch({});
  const bash = (line: string): string =>
    execFileSync('/bin/bash', ['-o', 'pipefail', '-c', line], {
      cwd: scratch.path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: '/h' },
    });
  const words = (line: string): string[] => bash(line).split('\0').slice(0, -1);
  const filesBefore = readdirSync(scratch.path);
  after(() => scratch.remove());
  afterEach(() => assert.deepEqual(readdirSync(scratch.path), filesBefore));

  it('gives a flag another name than its parameter has', () => {
    assert.equal(
      fill('t [learning-rate=lr] [v=on] [w=off] [x=none]', { lr: 1, on: true, off: false }, { lr: '1.0' }),
      't --learning-rate 1.0 --v',
    );
    assert.deepEqual(parseTemplate('t [a=p] [b=p] [p]').names, ['p']);
    assert.equal(fill('ls [[a=b]] [a= b] [=b]'), 'ls [a=b] [a= b] [=b]');
    assert.throws(
      () => checkTemplate(parseTemplate('t [a=p]'), ['q']),
      /uses \[a=p\], but there is no parameter "p".*write \[\[a=p\]\]/s,
    );
  });

  it('puts the text of a parameter in, as it was written', () => {
    assert.equal(
      fill('train --lr {lr} -m {m}', { lr: 0.0001, m: 'bert-base' }, { lr: '1e-4' }),
      'train --lr 1e-4 -m bert-base',
    );
    assert.equal(fill('train {a} {b} {c}', { a: [1, 'x'], b: true, c: null }), `train '[1,"x"]' true null`);
  });

  it('makes a flag of [name], and nothing of what is false, null, empty or not in effect', () => {
    const params = { lr: 0.1, fp16: true, quiet: false, tag: null, layers: [64, 'a b'], none: [], note: '' };
    assert.equal(
      fill('train [lr] [fp16] [quiet] [tag] [layers] [none] [other] [note] end', params),
      "train --lr 0.1 --fp16 --layers 64 'a b' --note '' end",
    );
  });

  it('fills the reserved names', () => {
    assert.equal(
      fill('train -o {_output}/model -n {_name} [_time] "{_id}"'),
      `train -o '/out/a b'/model -n lr-0.1 --time 20260101T000000.000Z "abc"`,
    );
  });

  it('leaves alone what belongs to the shell', () => {
    for (const line of [
      'echo ${VAR} "${VAR:-x}" $HOME $(date) `date` $((1 + 2)) ${arr[@]} ${#x}',
      'if [ -f x ]; then ls; fi',
      'if [[ -n $x && ! -e y ]]; then ls; fi',
      'echo a[0] {a,b} {1..3} {a..c} {} [0] file[abc].txt {-x} {,}',
      `awk '{print $1}' "x[abc]" '\${x}'`,
      'find . -exec ls {} \\;',
      'echo \\{x\\} \\[x] "\\{x}"',
    ]) {
      const template = parseTemplate(line);
      checkTemplate(template, ['lr']);
      assert.equal(fillTemplate(template, valuesOf({ lr: 1 })), line);
    }
  });

  it('writes doubled brackets once, and puts nothing in', () => {
    assert.equal(fill(`echo {{lr}} [[lr]] "{{lr}}" '{{print}}'`, { lr: 1 }), `echo {lr} [lr] "{lr}" '{print}'`);
  });

  it('folds lines outside of quotes and leaves comments out', () => {
    assert.equal(
      fill('python train.py # the {lr}\n    --lr {lr} \\\n  --x y\r\n  && echo "a\n b" #end\n', { lr: 1 }),
      'python train.py  --lr 1   --x y && echo "a\n b" ',
    );
    assert.deepEqual(parseTemplate('a # {lr}\n {x}').names, ['x']);
  });

  it('says which name was meant, and how to write the text itself', () => {
    const check = (text: string) => () => checkTemplate(parseTemplate(text), ['learning_rate', 'model']);
    assert.throws(
      check('x {learnig_rate}'),
      /no parameter "learnig_rate"\. Did you mean "learning_rate"\?.*\{\{learnig_rate\}\}/,
    );
    assert.throws(check("awk '{print}'"), /no parameter "print".*There are: learning_rate, model.*\{\{print\}\}/);
    assert.throws(check('x [modell]'), /Did you mean "model"\?.*\[\[modell\]\]/);
    assert.throws(check('x {_outptu}'), /Did you mean "_output"/);
    assert.throws(() => fill('x {seed}', { lr: 1 }), /no parameter "seed"/);
    assert.throws(() => fill('x {toString} {__proto__}', { lr: 1 }), /no parameter "toString"/);
  });

  it('refuses a parameter both as {p} and as [p], and lists those that nothing uses', () => {
    assert.throws(() => parseTemplate('x {lr} [lr]'), /both as \{lr\} and as \[lr\]/);
    const templates = [parseTemplate('a {lr} "{x}"'), parseTemplate('b [seed]')];
    assert.deepEqual(orphans(templates, ['lr', 'seed', 'x', 'note', 'tag']), ['note', 'tag']);
  });

  it('refuses a place where a value would be computed, read again, or cannot be told', () => {
    const params = { x: 1 };
    for (const [text, why] of [
      ['echo `ls {x}`', /within backticks/],
      ['echo $((1 + {x}))', /values are computed/],
      ['((i = {x})) && ls', /values are computed/],
      ['[[ {x} -gt 10 ]] && ls', /-eq or the like/],
      ["echo $'a{x}'", /within \$'/],
      ['echo ${VAR:-{x}}', /after braces after a \$/],
      ['echo "${VAR:-"}"}" {x}', /after braces after a \$/],
      ['echo $(case a in a) echo "\'";; esac) {x}', /case/],
      ['echo "--[x]"', /word of its own/],
      ['echo a[x]', /word of its own/],
      ['echo $[1] {x}', /\$\[/],
      ['cat <<END {x}\nEND', /here-document/],
      ['echo "{x}', /not closed/],
      ["echo '{x}", /not closed/],
      ['echo $(ls {x}', /not closed/],
      ['', /empty/],
      [' # nothing', /empty/],
    ] as const) {
      assert.throws(() => fill(text, params), why, text);
    }
    assert.throws(() => fill('echo {x}', { x: 'a\0b' }), /NUL/);
    assert.throws(() => fill('echo [x]', { x: ['\ud800'] }), /surrogate/);
  });

  const awkward = [
    '0.1234567', 'a/b', '../../x', 'x'.repeat(400), '$(touch x)', '`touch x`', '${HOME}', '$HOME', "it's", '"q"', `'"'"'`,
    'a\nb', '\n', 'tab\t', 'grün 🌱 \u2028', 'back\\slash', '\\', '\\\\', "\\'", '\\"', '', ' ', '!', '!!', '*', '?', '[a-z]*', '~', '~root',
    '; touch x', '&& touch x', '| touch x', '> x', '{a,b}', 'a,b', 'if', 'case', '#', '# x', '-n', '--flag', 'A=b', '$((1+1))', '$1', '\r', '%s', '(x)',
    "'; touch x; '", '"; touch x; "', '$', "$'x'", '2',
  ]; // biome-ignore format: a list

  // Every place in which a value may stand, and what the program has to be given there.
  const template = [
    `printf '%s\\0' {x} p{x}s "{x}" "a{x}b" '{x}' 'a{x}b' "$HOME{x}" $HOME"{x}" \\\${{x} "$(printf '%s.' {x})" "$(printf '%s.' "{x}" '{x}')"`,
    `\${HOME}'{x}'{x} x\\\\{x} "\\\\{x}" $'\\''{x} [y] $(: {x}) "\${#HOME}{x}" "$"{x} z`,
  ].join(' ');
  const expected = (x: string): string[] => [
    x, `p${x}s`, x, `a${x}b`, x, `a${x}b`, `/h${x}`, `/h${x}`, `$${'{'}${x}`, `${x}.`, `${x}.${x}.`,
    `/h${x}${x}`, `x\\${x}`, `\\${x}`, `'${x}`, '--y', x, `2${x}`, `$${x}`, 'z',
  ]; // biome-ignore format: a list

  it('gives every value back exactly, in every kind of quotes, and runs nothing of it', () => {
    for (const x of awkward) assert.deepEqual(words(fill(template, { x, y: x })), expected(x), JSON.stringify(x));
  });

  it('does so for 500 strings of what shells are fond of', () => {
    const random = new Random(7);
    const bits: [string, ...string[]] = [
      '\n', ...` '"\\$\`(){}[]<>|&;!*?~#=,:%^-+\n\tab1é`, '$(touch x)', '`touch x`', "'\\''", '${', '$(', '))', '\\\n', "$'", ' # ', '\u{1f331}',
    ]; // biome-ignore format: a list
    const strings = Array.from({ length: 500 }, () =>
      Array.from({ length: random.below(12) }, () => random.oneOf(bits)).join(''),
    );
    for (let from = 0; from < strings.length; from += 25) {
      const some = strings.slice(from, from + 25);
      const line = some.map((x) => fill(template, { x, y: x })).join('; ');
      assert.deepEqual(words(line), some.flatMap(expected), JSON.stringify(some));
    }
  });

  it('keeps a number before a redirection from being taken for a descriptor', () => {
    assert.equal(bash(fill('printf %s {n}>&1 2>&1', { n: 2 })), '2');
  });
});
