import puppeteer, { type Browser } from 'puppeteer-core';

/** Debian's package; elsewhere set CHROMIUM to any Chromium or Chrome that decodes H.264 and AAC. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** A browser that talks to nobody but the page's own server. */
export function launchChromium(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
}
