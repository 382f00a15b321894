import type { Browser, Page } from 'puppeteer-core';
import { launchChromium } from './chromium';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Nothing takes longer, on a slow machine either. */
const UNTIL_MS = 40_000;

/** A page in a browser of its own, and what people do with it. */
export class WatchedPage {
  #browser: Browser | undefined;
  #page: Page | undefined;
  /** What scripts of the page threw. */
  readonly errors: string[] = [];

  get page(): Page {
    if (this.#page === undefined) throw new Error('page: wanted an open one, got none yet');
    return this.#page;
  }

  async open(): Promise<void> {
    this.#browser = await launchChromium();
    this.#page = await this.#browser.newPage();
    this.#page.on('pageerror', (error) => this.errors.push(String(error)));
    await this.#page.setViewport(DESKTOP);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }

  /** Waits for a condition of the page. @returns what it came to */
  until(condition: string) {
    return this.page.waitForFunction(condition, { timeout: UNTIL_MS });
  }

  textOf(selector: string): Promise<string> {
    return this.page.evaluate(
      `document.querySelector(${JSON.stringify(selector)}).innerText`,
    ) as Promise<string>;
  }

  /** Waits until an element says it. @throws with what it said instead */
  async says(selector: string, words: RegExp): Promise<void> {
    await this.until(
      `${words}.test(document.querySelector(${JSON.stringify(selector)})?.innerText ?? '')`,
    ).catch(async (cause: unknown) => {
      const said = await this.textOf(selector).catch(String);
      throw new Error(`${selector}: wanted ${words}, got ${said}`, { cause });
    });
  }

  async press(...keys: Parameters<Page['keyboard']['press']>[0][]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Types over what is there. */
  async fill(selector: string, text: string): Promise<void> {
    await this.page.evaluate(`document.querySelector(${JSON.stringify(selector)}).value = ''`);
    await this.page.type(selector, text);
  }

  focused(): Promise<string> {
    return this.page.evaluate('document.activeElement.id') as Promise<string>;
  }

  isDisabled(selector: string): Promise<boolean> {
    return this.page.evaluate(
      `document.querySelector(${JSON.stringify(selector)}).disabled`,
    ) as Promise<boolean>;
  }
}

/** For the tests of a file. */
export function watchedPage(): WatchedPage {
  const watched = new WatchedPage();
  beforeAll(() => watched.open());
  afterAll(() => watched.close());
  return watched;
}
