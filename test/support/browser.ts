import { existsSync } from 'node:fs';
import { type Browser, type BrowserServer, chromium, type Page } from 'playwright-core';
import { longLived } from './long-lived.js';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Whether there is a browser to test with. */
export const hasBrowser = program !== undefined;

/** What a page has said, wanted and shown that it should not have. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors and warnings of the console, and what was thrown. */
  readonly complaints: string[];
  /** Addresses of anything but the file itself. */
  readonly requests: string[];
  /** Texts of alert() and the like. */
  readonly dialogs: string[];
  /** Milliseconds that its own thread has worked so far: what else goes on on this machine is not in it. */
  workMs(): Promise<number>;
}

export interface Look {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** A real browser without a window. */
export class TestBrowser {
  readonly #server: BrowserServer;
  readonly #browser: Browser;

  private constructor(server: BrowserServer, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async start(): Promise<TestBrowser> {
    const server = await chromium.launchServer({
      executablePath: program as string,
      args: ['--no-sandbox', '--disable-gpu'], // root has no sandbox
    });
    longLived.add(server.process().pid ?? 0);
    return new TestBrowser(server, await chromium.connect(server.wsEndpoint()));
  }

  /** Opens a page that is told to be drawn by `data-drawn`. */
  async open(url: URL, { width = 1600, colorScheme = 'light' }: Look = {}): Promise<Visit> {
    const context = await this.#browser.newContext({ viewport: { width, height: 1000 }, colorScheme });
    const page = await context.newPage();
    const [complaints, requests, dialogs]: [string[], string[], string[]] = [[], [], []];
    page.on('console', (message) => {
      if (['error', 'warning', 'assert'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    page.on('request', (request) => {
      if (request.url() !== url.href) requests.push(request.url().slice(0, 200));
    });
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const workMs = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
    };
    await page.goto(url.href);
    await page.waitForSelector('html[data-drawn]', { state: 'attached', timeout: 40_000 });
    return { page, complaints, requests, dialogs, workMs, [Symbol.asyncDispose]: () => context.close() };
  }

  async stop(): Promise<void> {
    const pid = this.#server.process().pid ?? 0;
    await this.#browser.close();
    await this.#server.close();
    longLived.delete(pid);
  }
}
