/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { type ReportOptions, writeReport } from '#internal/sweep/report/write-report.js';
import type { SweepEntry } from '#internal/sweep/results/entry.js';
import { study } from '../fixtures/report-entries.js';
import { entry } from '../fixtures/sweep-entries.js';
import { hasBrowser, type Look, TestBrowser, type Visit } from '../support/browser.js';
import { eventually } from '../support/eventually.js';

const plotted = ['parallel', 'effects', 'heat', 'timeline'] as const;
const objective = { metric: 'loss', goal: 'min' } as const;

describe('The report of a sweep, in a browser', function () {
  this.timeout(60_000);
  let browser: TestBrowser;
  let folder: string;

  before(async function () {
    if (!hasBrowser) {
      process.stderr.write('\n  There is no browser here: reports are not looked at. Install chromium to test them.\n');
      return this.skip();
    }
    browser = await TestBrowser.start();
  });
  after(() => browser?.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pyw-report-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function show(tasks: Iterable<SweepEntry>, options: ReportOptions & Look = {}): Promise<Visit> {
    const { width, colorScheme, ...given } = options;
    const file = join(folder, 'report.html');
    await writeReport(file, tasks, given);
    return browser.open(pathToFileURL(file), { ...(width && { width }), ...(colorScheme && { colorScheme }) });
  }

  /** Of all pictures of a section: how many pixels are painted, and a number that changes with what is painted. */
  function painted(page: Page, section: string): Promise<{ pixels: number; sum: number }> {
    return page.evaluate((id) => {
      let [pixels, sum] = [0, 0];
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>(`#${id} canvas`)) {
        const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
        const context = copy.getContext('2d', { willReadFrequently: true });
        context?.drawImage(canvas, 0, 0);
        const { data } = context?.getImageData(0, 0, copy.width, copy.height) ?? { data: [] };
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] === 0) continue;
          pixels += 1;
          sum = (sum * 31 + (data[at] ?? 0) * 7 + (data[at + 1] ?? 0) * 3 + (data[at + 2] ?? 0) + at) % 1_000_000_007;
        }
      }
      return { pixels, sum };
    }, section);
  }

  const allPainted = async (page: Page): Promise<number[]> =>
    Promise.all(plotted.map(async (id) => (await painted(page, id)).sum));
  const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allTextContents();
  const counted = async (page: Page): Promise<string> => (await page.locator('#table output').textContent()) ?? '';

  function isClean({ complaints, requests, dialogs }: Visit): void {
    assert.deepEqual({ complaints, requests, dialogs }, { complaints: [], requests: [], dialogs: [] });
  }

  it('draws something in every section, complains of nothing, and asks for nothing', async () => {
    await using visit = await show(study(200), { objective });
    for (const id of plotted) {
      const { pixels } = await painted(visit.page, id);
      assert.ok(pixels > 5000, `${id}: ${pixels} pixels`);
    }
    assert.equal(await visit.page.locator('#effects canvas').count(), 7); // not what is the same in all tasks
    assert.equal(await visit.page.locator('#best tbody tr').count(), 5);
    assert.deepEqual(await texts(visit.page, '.same code'), ['data = same']);
    assert.match((await texts(visit.page, '#failures summary')).join(), /6 ×timeout.*Not after 28 ms/);
    isClean(visit);
  });

  it('shows the best by the goal, and everything by another metric once that is chosen', async () => {
    await using visit = await show(study(200), { objective });
    const { page } = visit;
    const bestNow = async (): Promise<number[]> => (await texts(page, '#best .key')).map(Number);
    assert.equal(await page.locator('[name=metric]').inputValue(), 'loss');
    const losses = await bestNow();
    assert.deepEqual(
      losses,
      losses.toSorted((one, other) => one - other),
    );
    const before = await allPainted(page);
    await page.selectOption('[name=metric]', 'accuracy');
    assert.equal(await page.locator('[name=goal]').inputValue(), 'max');
    const accuracies = await bestNow();
    assert.deepEqual(
      accuracies,
      accuracies.toSorted((one, other) => other - one),
    );
    const after = await allPainted(page);
    assert.deepEqual(plotted.map((_, at) => before[at] === after[at]), [false, false, false, true]); // biome-ignore format: one thought
    await page.selectOption('[name=goal]', 'min');
    const worst = await bestNow();
    assert.ok((worst[0] ?? 1) < (accuracies[4] ?? 0));
    isClean(visit);
  });

  it('puts any two parameters against each other', async () => {
    await using visit = await show(study(200), { objective });
    const before = await painted(visit.page, 'heat');
    await visit.page.selectOption('[name=across]', { label: 'dropout' });
    const across = await painted(visit.page, 'heat');
    await visit.page.selectOption('[name=down]', { label: 'fast' });
    const down = await painted(visit.page, 'heat');
    assert.equal(new Set([before.sum, across.sum, down.sum]).size, 3);
    assert.match(
      (await visit.page.locator('#heat .figure').getAttribute('aria-label')) ?? '',
      /loss by dropout and fast/,
    );
    isClean(visit);
  });

  it('tells in a heat map how many tasks a mean is of', async () => {
    const rows = [1, 2].flatMap((x) => ['a', 'b'].flatMap((y) => [0, 1, 2].map((seed) => ({ x, y, seed }))));
    const tasks = rows.map((params, index) => entry(index, params, { result: { loss: params.x + params.seed } }));
    await using visit = await show(tasks);
    const { page } = visit;
    await page.selectOption('[name=across]', { label: 'x' });
    await page.selectOption('[name=down]', { label: 'y' });
    const box = await page.locator('#heat .figure').boundingBox();
    await page.locator('#heat .figure').hover({ position: { x: (box?.width ?? 0) * 0.4, y: 30 } });
    await eventually(async () => /x = 1, y = a/.test((await texts(page, '.tip')).join()));
    const tip = (await texts(page, '.tip')).join();
    assert.match(tip, /mean loss2 ± 1/);
    assert.match(tip, /tasks3/);
    isClean(visit);
  });

  it('keeps the tasks in the table that a range on an axis has in it', async () => {
    await using visit = await show(study(200), { objective });
    const { page } = visit;
    const figure = page.locator('#parallel .figure');
    await figure.scrollIntoViewIfNeeded();
    const { x = 0, y = 0, height = 0 } = (await figure.boundingBox()) ?? {};
    await page.mouse.move(x + 56, y + height * 0.65); // the first axis: small is at its foot
    await page.mouse.down();
    await page.mouse.move(x + 56, y + height * 0.8, { steps: 4 });
    await page.mouse.move(x + 56, y + height * 0.95, { steps: 4 });
    await page.mouse.up();
    await eventually(async () => /of 200 \(within the ranges above\)/.test(await counted(page)));
    const models = new Set(await texts(page, '#table tbody td:nth-child(2)'));
    assert.deepEqual([...models], ['small']);
    await page.getByRole('button', { name: 'Show all' }).click();
    assert.match(await counted(page), /^200 tasks;/);
    isClean(visit);
  });

  it('sorts the table by any column, filters it, and shows more of it', async () => {
    await using visit = await show(study(200), { objective });
    const { page } = visit;
    const column = async (at: number): Promise<string[]> => texts(page, `#table tbody td:nth-child(${at})`);
    assert.equal((await column(1)).length, 100);
    await page.getByRole('button', { name: 'Show more' }).click();
    assert.equal((await column(1)).length, 200);
    await page.locator('#table th button', { hasText: 'dropout' }).click();
    const at = (await texts(page, '#table th')).findIndex((name) => name.startsWith('dropout')) + 1;
    const up = (await column(at)).map(Number);
    assert.deepEqual(
      up,
      up.toSorted((one, other) => one - other),
    );
    await page.locator('#table th button', { hasText: 'dropout' }).click();
    assert.equal(await page.locator('#table th[aria-sort=descending]').textContent(), 'dropout');
    assert.equal((await column(at))[0], '49');
    await page.locator('[name=filter]').fill('model=large FAILED');
    assert.match(await counted(page), /^2 tasks of 200$/);
    assert.deepEqual(new Set(await column(1)), new Set(['failed']));
    isClean(visit);
  });

  it('shows hostile names and values as the texts that they are', async () => {
    const evil = `<script>alert(1)</script>"'<img src=x onerror=alert(2)>{a|b}é日本\u202e\u0007`;
    const shown = `<script>alert(1)</script>"'<img src=x onerror=alert(2)>{a|b}é日本\\u{202e}\\u{7}`;
    const output = join(folder, 'out');
    mkdirSync(join(output, 'task-0'), { recursive: true });
    writeFileSync(join(output, 'task-0', 'a.log'), `${evil}\n`);
    const given = (index: number): Record<string, string | number> => ({
      [evil]: `${index % 2}${evil}`,
      other: index % 3,
    });
    const commands = [{ name: 'a', line: evil, status: 'failed', exitCode: 1, log: 'a.log' }] as const;
    const end = { worker: evil, host: evil, gpus: [evil] };
    const tasks = [
      entry(0, given(0), {
        ...end,
        status: 'failed',
        class: 'exit',
        error: { name: evil, message: evil },
        commands,
        log: 'a.log',
      }),
      ...[1, 2, 3, 4, 5, 6].map((index) =>
        entry(index, given(index), { ...end, result: { [`loss${evil}`]: index, text: evil } }),
      ),
    ];
    await using visit = await show(tasks, { output, title: evil });
    const { page } = visit;
    assert.equal(await page.title(), shown);
    assert.equal(await page.locator('h1').textContent(), shown);
    assert.ok((await texts(page, '#table td')).some((text) => text.startsWith(shown.slice(0, 50))));
    assert.equal((await texts(page, '#failures pre.log')).join(), shown);
    for (const id of plotted) {
      const figure = page.locator(`#${id} .figure`).first();
      const { width = 0, height = 0 } = (await figure.boundingBox()) ?? {};
      for (let x = 0.1; x < 1; x += 0.16) {
        for (const y of [0.15, 0.4, 0.65]) await figure.hover({ position: { x: width * x, y: height * y } });
      }
    }
    assert.ok((await texts(page, '.tip')).some((text) => text.includes('<script>alert(1)</script>')));
    assert.equal(await page.locator('main script, main img, .tip script, .tip img').count(), 0);
    isClean(visit);
  });

  it('shows parameters of any kind, and those that are missing', async () => {
    const values = [1, '1', true, null, [1, 2], { a: 1 }, 'x', 0.5, -1, 1e300, '', 'é'];
    const tasks = values.map(
      (mixed, index) =>
      entry(index, { mixed, sparse: index % 3 === 0 ? index : null, tiny: 10 ** -index, signed: index - 5 }, { result: { loss: index % 4 === 0 ? null : index - 3 } }), // biome-ignore format: a table
    );
    await using visit = await show(tasks);
    for (const id of plotted) assert.ok((await painted(visit.page, id)).pixels > 500, id);
    assert.match(
      await visit.page.locator('#parallel .note').innerText(),
      /3 tasks without a value for loss are left out/,
    );
    isClean(visit);
  });

  it('may have nothing to show, and says so', async () => {
    for (const tasks of [
      [],
      [entry(0, { x: 1 })],
      [entry(0, { x: 1 }, { result: {} })],
      [entry(0, {}, { status: 'failed' })],
    ]) {
      await using visit = await show(tasks);
      assert.match(await visit.page.locator('#parallel .note').innerText(), /no parameter that varies/);
      assert.match(await visit.page.locator('#heat .note').innerText(), /two parameters that vary/);
      isClean(visit);
    }
  });

  it('opens with 10,000 tasks within 5 seconds, and says what is not drawn', async () => {
    await using visit = await show(study(10_000), { objective });
    const ms = await visit.workMs();
    assert.ok(ms > 100 && ms < 5000, `${ms} ms`);
    assert.ok(statSync(join(folder, 'report.html')).size < 5_000_000);
    assert.match(await visit.page.locator('#parallel .note').innerText(), /1,500 of 9,\d+ lines are drawn/);
    assert.match(await visit.page.locator('#timeline .note').innerText(), /drawn as one/);
    for (const id of plotted) assert.ok((await painted(visit.page, id)).pixels > 5000, id);
    isClean(visit);
  });

  for (const width of [360, 1600]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`fits into ${width} pixels and can be read, ${colorScheme}`, async () => {
        await using visit = await show(study(120), { objective, width, colorScheme });
        const { page } = visit;
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
        for (const id of plotted) assert.ok((await painted(page, id)).pixels > 2000, id);
        assert.deepEqual(await page.evaluate(hardToRead), []);
        isClean(visit);
      });
    }
  }

  it('draws itself again when the colours or the width change', async () => {
    await using visit = await show(study(60), { objective });
    const { page } = visit;
    const light = await allPainted(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(async () => (await allPainted(page)).every((sum, at) => sum !== light[at]));
    await page.setViewportSize({ width: 700, height: 900 });
    const fits = (): boolean =>
      [...document.querySelectorAll<HTMLElement>('.figure')].every(({ firstElementChild, parentElement }) => {
        return firstElementChild?.clientWidth === parentElement?.clientWidth;
      });
    await eventually(() => page.evaluate(fits));
    isClean(visit);
  });

  it('is printed dark on white, also by those who have it the other way round', async () => {
    await using visit = await show(study(60), { objective, colorScheme: 'dark' });
    const { page } = visit;
    const coloursSeen = (): string | undefined => document.documentElement.dataset.seen;
    await page.evaluate(() => {
      const root = document.documentElement;
      const note = (): void => {
        const isWide = [...document.querySelectorAll('canvas')].some(({ clientWidth }) => clientWidth > 700);
        const text = getComputedStyle(root).getPropertyValue('--text').trim();
        root.dataset.seen = `${root.dataset.seen ?? ''} ${text} ${isWide ? 'wide' : 'narrow'}`;
      };
      note();
      addEventListener('beforeprint', note);
      addEventListener('afterprint', note);
    });
    const pdf = await page.pdf({ format: 'A4' });
    assert.ok(pdf.length > 20_000);
    assert.equal(await page.evaluate(coloursSeen), ' #e6eaf0 wide #1b2330 narrow #e6eaf0 wide');
    const layout = (): { width: number; tooWide: number } => ({
      width: document.querySelector('main')?.clientWidth ?? 0,
      tooWide: [...document.querySelectorAll<HTMLElement>('.figure')].filter(({ parentElement, firstElementChild }) => {
        return (firstElementChild?.clientWidth ?? 0) > (parentElement?.clientWidth ?? 0);
      }).length,
    });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await page.evaluate(layout), { width: 680, tooWide: 0 });
    isClean(visit);
  });
});

/** In the page: texts whose contrast to what is behind them is less than 4.5. */
function hardToRead(): string[] {
  const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
      const part = channel / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element): string => {
    for (let each: Element | null = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if ((channels(colour)[3] ?? 1) > 0.99) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll<HTMLElement>('body *')].flatMap((element) => {
    const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    if (!isText || element.matches('script, noscript, option') || element.clientWidth === 0) return [];
    const [text, ground] = [light(getComputedStyle(element).color), light(behind(element))];
    const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    return contrast < 4.5
      ? [`${element.tagName} ${element.className} ${element.textContent?.slice(0, 30)}: ${contrast.toFixed(2)}`]
      : [];
  });
}
