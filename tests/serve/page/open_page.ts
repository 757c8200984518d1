import { assertEquals } from "@std/assert";
import type { BrowserContextOptions, Page } from "playwright-core";
import { createHandler } from "../../../src/serve/mod.ts";

/** Path of the Debian package. */
const CHROMIUM = "/usr/bin/chromium";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  // A camera that shows a test picture and needs no permission.
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
];

/** The strictest content security policy under which the page must work. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page in a browser, with its server. */
export interface OpenDigitPage {
  readonly page: Page;
  /** Shuts the server down. */
  stopServer(): Promise<void>;
}

/**
 * Opens the page as its server sends it, and runs a test. The page must cause no warning, error, exception or dialog, no
 * request to another server, and no layout shift.
 *
 * @param test The test.
 * @param options Properties of the browser, such as `viewport`, `colorScheme` and `hasTouch`.
 * @param first A function that the page runs before its own scripts.
 */
export async function withDigitPage(
  test: (opened: OpenDigitPage) => Promise<void>,
  options: BrowserContextOptions = {},
  first: () => void = () => {},
): Promise<void> {
  const handler = createHandler();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const response = await handler(request);
    response.headers.set("content-security-policy", POLICY);
    return response;
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  let stopping: Promise<void> | undefined;
  const stopServer = (): Promise<void> => stopping ??= server.shutdown();
  // Without this, playwright reads a file that needs all permissions to detect Windows when it is imported.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const context = await browser.newContext(options);
    const complaints: string[] = [];
    context.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) complaints.push(message.text());
    });
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("dialog", (dialog) => complaints.push(dialog.message()));
    context.on("request", (request) => {
      if (!request.url().replace("blob:", "").startsWith(url)) complaints.push(request.url());
    });
    await context.addInitScript(watchShifts);
    await context.addInitScript(first);
    const page = await context.newPage();
    await page.goto(url);
    await test({ page, stopServer });
    assertEquals(await page.evaluate(() => (globalThis as unknown as Watching).shifts), []);
    assertEquals(complaints, []);
  } finally {
    await browser.close();
    await stopServer();
  }
}

/** The layout shifts that no input has caused. */
interface Watching {
  shifts: string[];
}

function watchShifts(): void {
  const shifts: string[] = (globalThis as unknown as Watching).shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
        readonly value: number;
        readonly hadRecentInput: boolean;
        readonly sources: readonly { readonly node?: { readonly nodeName: string } }[];
      };
      const nodes = sources.map(({ node }) => node?.nodeName).join();
      if (!hadRecentInput) shifts.push(`${nodes} by ${value}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** A point of the drawing area: 0 to 1 from left to right and from top to bottom. */
export type Place = readonly [x: number, y: number];

/** A seven of one stroke. */
export const SEVEN: readonly Place[] = [[0.3, 0.25], [0.68, 0.25], [0.58, 0.5], [0.46, 0.8]];

/** A one of one stroke. */
export const ONE: readonly Place[] = [[0.5, 0.2], [0.5, 0.8]];

/** Converts points to coordinates of the window. */
export async function inWindow(
  page: Page,
  places: readonly Place[],
): Promise<[x: number, y: number][]> {
  const drawing = page.locator("#drawing");
  await drawing.scrollIntoViewIfNeeded();
  const box = await drawing.boundingBox();
  if (box === null) throw new Error("The drawing area is not shown");
  return places.map(([x, y]) => [box.x + x * box.width, box.y + y * box.height]);
}

/** Draws a stroke with the mouse, in so many steps from one point to the next. */
export async function draw(page: Page, stroke: readonly Place[], steps = 8): Promise<void> {
  const [first, ...rest] = await inWindow(page, stroke);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(...place, { steps });
  await page.mouse.up();
}

/**
 * For the page to run first: draws a one by keys as soon as the page hears them. What drives the browser from outside is
 * not that quick.
 */
export function drawAtOnce(): void {
  addEventListener("DOMContentLoaded", () => {
    const drawing = document.querySelector("#drawing");
    for (const key of [" ", ...new Array(10).fill("ArrowDown"), " "]) {
      drawing?.dispatchEvent(new KeyboardEvent("keydown", { key }));
    }
  });
}

/** Waits until the page shows an answer; null stands for no digit. */
export async function answerIs(page: Page, digit: number | null): Promise<void> {
  await textIs(page, "#digit", digit === null ? "?" : `${digit}`);
}

/** Waits for a status. The timeout allows for fine-tuning, which takes longer than anything else. */
export async function statusIs(page: Page, text: string): Promise<void> {
  await textIs(page, "#status", text, 90_000);
}

/** Waits for the text of an element. */
export async function textIs(
  page: Page,
  selector: string,
  text: string,
  timeout = 15_000,
): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)?.textContent === text,
    [selector, text],
    { timeout },
  ).catch(async () => {
    assertEquals(await page.textContent(selector), text);
  });
}

/** Waits until the network is loaded and warmed up. */
export async function isReady(page: Page): Promise<void> {
  await page.waitForFunction(() => performance.getEntriesByName("ready").length > 0);
}

/** Reloads the page, and waits until it is ready. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await isReady(page);
}

/** Waits until the service worker has cached all files. */
export async function isKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}
