import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { HAS_CHROMIUM } from "../../chromium.ts";
import {
  answerIs,
  draw,
  isReady,
  type OpenDigitPage,
  SEVEN,
  statusIs,
  textIs,
  withDigitPage,
} from "./open_page.ts";

/** Calls of the page that wait until the test releases them. */
interface Held {
  /** Release the calls, in their order. */
  readonly release: (() => void)[];
  readonly streams: MediaStream[];
}

/** Delays the decoding of pictures and the start of cameras until the test releases them. */
function hold(): void {
  const held: Held = { release: [], streams: [] };
  (globalThis as unknown as { held: Held }).held = held;
  const wait = () => new Promise<void>((resolve) => held.release.push(resolve));
  const { createImageBitmap } = globalThis;
  Object.assign(globalThis, {
    async createImageBitmap(file: Blob): Promise<ImageBitmap> {
      await wait();
      return await createImageBitmap(file);
    },
  });
  const { mediaDevices } = navigator;
  // The blank page before has none.
  if (mediaDevices === undefined) return;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    await wait();
    const stream = await getUserMedia(constraints);
    held.streams.push(stream);
    return stream;
  };
}

/** Replaces the test picture of the camera, which moves and may look like a digit, by a grid of lines. */
function showStar(): void {
  // The blank page before has none.
  if (navigator.mediaDevices === undefined) return;
  navigator.mediaDevices.getUserMedia = () => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 400;
    const context = canvas.getContext("2d")!;
    // Repeatedly: a canvas that does not change has no frames.
    setInterval(() => {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, 400, 400);
      context.fillStyle = "#000";
      // A star of thick rays.
      context.translate(200, 200);
      for (let ray = 0; ray < 9; ray++) {
        context.rotate(2 * Math.PI / 9);
        context.fillRect(-14, 0, 28, 150);
      }
      context.resetTransform();
    }, 50);
    return Promise.resolve(canvas.captureStream());
  };
}

/** Waits until so many calls are held, and releases the first of them. */
async function release(page: Page, calls: number): Promise<void> {
  await page.waitForFunction(
    (calls) => (globalThis as unknown as { held: Held }).held.release.length === calls,
    calls,
  );
  await page.evaluate(() => (globalThis as unknown as { held: Held }).held.release.shift()?.());
}

/** Drops a picture of a digit onto the page. */
async function drop(page: Page, digit: number): Promise<void> {
  const path = new URL(`../../../scripts/samples/${digit}.png`, import.meta.url);
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], "digit.png", { type: "image/png" }));
    document.body.dispatchEvent(
      new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }),
    );
  }, (await Deno.readFile(path)).toBase64());
}

function testPage(
  name: string,
  test: (opened: OpenDigitPage) => Promise<void>,
  first?: () => void,
): void {
  Deno.test({ name, ignore: !HAS_CHROMIUM, fn: () => withDigitPage(test, {}, first) });
}

testPage(
  "page drops a picture that is decoded after a newer action",
  async ({ page }) => {
    await isReady(page);
    await drop(page, 4);
    await draw(page, SEVEN);
    await answerIs(page, 7);
    await release(page, 1);
    await page.waitForTimeout(300);
    await answerIs(page, 7);
    assertEquals(await page.locator("#picture").isHidden(), true);

    await drop(page, 4);
    await drop(page, 6);
    await page.waitForFunction(() =>
      (globalThis as unknown as { held: Held }).held.release.length === 2
    );
    // The second picture is decoded first.
    await page.evaluate(() => (globalThis as unknown as { held: Held }).held.release.pop()?.());
    await answerIs(page, 6);
    await release(page, 1);
    await page.waitForTimeout(300);
    await answerIs(page, 6);
  },
  hold,
);

testPage(
  "page turns off a camera that starts after a newer action",
  async ({ page }) => {
    await isReady(page);
    const camera = page.locator("#camera");
    await camera.click();
    await draw(page, SEVEN);
    await answerIs(page, 7);
    await release(page, 1);
    await page.waitForFunction(() =>
      (globalThis as unknown as { held: Held }).held.streams[0]?.active === false
    );
    assertEquals(await page.locator("#video").isHidden(), true);
    assertEquals(await camera.getAttribute("aria-pressed"), "false");
    await statusIs(page, "");
    await answerIs(page, 7);

    // Two clicks turn on one camera.
    await camera.click();
    await camera.click();
    await release(page, 2);
    await release(page, 1);
    await textIs(page, "#camera-name", "Capture");
    assertEquals(
      await page.evaluate(() =>
        (globalThis as unknown as { held: Held }).held.streams.filter(({ active }) => active).length
      ),
      1,
    );
  },
  hold,
);

testPage("page keeps only the last of two quick corrections of a picture", async ({ page }) => {
  await draw(page, SEVEN);
  await answerIs(page, 7);
  await page.locator(".bar").evaluateAll((bars) => {
    for (const digit of [3, 2]) (bars[digit] as HTMLButtonElement).click();
  });
  await statusIs(page, "Learned: this is a 2.");
  await answerIs(page, 2);
  assertEquals(await page.locator("#corrections li").allInnerTexts(), ["2\n×"]);
});

testPage(
  "page stores the digitProbability of a correction of a refused camera picture",
  async ({ page }) => {
    await isReady(page);
    await page.locator("#camera").click();
    await textIs(page, "#camera-name", "Capture");
    await textIs(page, "#sure", "Not recognised as a digit");
    await page.getByRole("button", { name: /^8 / }).click();
    await page.locator("#corrections li").waitFor();
    const kept = await page.evaluate(() =>
      new Promise((resolve) => {
        const opening = indexedDB.open("lenet", 1);
        opening.onsuccess = () => {
          const all = opening.result.transaction("corrections").objectStore("corrections").getAll();
          all.onsuccess = () =>
            resolve(all.result.map(({ digitProbability }) => typeof digitProbability));
        };
      })
    );
    assertEquals(kept, ["number"]);
  },
  showStar,
);
