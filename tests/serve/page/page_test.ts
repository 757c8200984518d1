import { assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import type { BrowserContextOptions, Page } from "playwright-core";
import { LeNet } from "../../../mod.ts";
import { HAS_CHROMIUM } from "../../chromium.ts";
import {
  answerIs,
  draw,
  drawAtOnce,
  inWindow,
  isKept,
  isReady,
  ONE,
  type OpenDigitPage,
  reload,
  SEVEN,
  statusIs,
  textIs,
  withDigitPage,
} from "./open_page.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const sample = (digit: number): string =>
  new URL(`../../../scripts/samples/${digit}.png`, import.meta.url).pathname;

function testPage(
  name: string,
  test: (opened: OpenDigitPage) => Promise<void>,
  options?: BrowserContextOptions,
  first?: () => void,
): void {
  Deno.test({ name, ignore: !HAS_CHROMIUM, fn: () => withDigitPage(test, options, first) });
}

/** The texts of the buttons that are off. */
const toolsOff = (page: Page): Promise<string[]> =>
  page.locator("main button[aria-disabled=true]").evaluateAll((buttons) =>
    buttons.map(({ textContent }) => (textContent ?? "").trim())
  );

/** Number of pixels of a canvas that differ from its first one. */
const inkOf = (page: Page, id: string): Promise<number> =>
  page.locator(id).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { width, height } = canvas;
    // From a copy: browsers warn if a canvas of the page is read repeatedly.
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const isOther = (i: number): boolean =>
      [0, 1, 2, 3].some((c) => Math.abs(data[i + c] - data[c]) > 50);
    return Array.from({ length: data.length / 4 }, (_, n) => 4 * n).filter(isOther).length;
  });

testPage("page reads a digit while the mouse draws it", async ({ page }) => {
  assertEquals(await page.title(), "Which digit is this?");
  await answerIs(page, null);
  assertEquals(await toolsOff(page), ["Clear", "Undo", "Start over"]);

  const [first, second, ...rest] = await inWindow(page, SEVEN);
  await page.mouse.move(...first);
  await page.mouse.down();
  await page.mouse.move(...second, { steps: 5 });
  // It is not a seven yet, but it is read.
  await page.waitForFunction(() => document.querySelector("#sure")?.textContent !== "No digit yet");
  for (const place of rest) await page.mouse.move(...place, { steps: 5 });
  await answerIs(page, 7);
  await page.mouse.up();

  await textIs(page, "#sure", "Over 99.9% sure");
  assertEquals(await page.locator(".bar.answer").innerText(), "7\n>99%");
  assertEquals(await page.locator(".bar").count(), 10);
  for (const id of ["#drawing", "#stage-input", "#stage-first", "#stage-second"]) {
    while (await inkOf(page, id) < 20) await page.waitForTimeout(50);
  }
  assertEquals(await toolsOff(page), ["Start over"]);
});

testPage(
  "page reads what is drawn before its network is there",
  async ({ page }) => {
    await answerIs(page, 1);
  },
  {},
  drawAtOnce,
);

testPage("page loads what the first answer needs once, and nothing else", async ({ page }) => {
  await isReady(page);
  const loaded = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => name.split("/").at(-1)).sort()
  );
  // The browser chooses when to load the icon.
  assertEquals(loaded.filter((name) => name !== "icon.svg"), [
    "digits.bin",
    "judge.bin",
    "lenet.js",
    "non-digit.bin",
    "page.js",
    "style.css",
  ]);
});

testPage("page undoes strokes one by one, and clears all of them", async ({ page }) => {
  await draw(page, ONE);
  await answerIs(page, 1);
  await draw(page, [[0.15, 0.2], [0.15, 0.8]]);
  await draw(page, [[0.85, 0.2], [0.85, 0.8]]);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await answerIs(page, 1);
  await draw(page, SEVEN);
  await page.getByRole("button", { name: "Clear" }).click();
  await answerIs(page, null);
  await textIs(page, "#sure", "No digit yet");
  assertEquals(await inkOf(page, "#drawing"), 0);
  assertEquals(await toolsOff(page), ["Clear", "Undo", "Start over"]);
  await draw(page, SEVEN);
  await answerIs(page, 7);
});

testPage(
  "page learns a correction, stores it, and deletes it on request",
  async ({ page }) => {
    await draw(page, SEVEN);
    await answerIs(page, 7);
    await page.getByRole("button", { name: /^2 / }).click();
    await statusIs(page, "Learned: this is a 2.");
    await answerIs(page, 2);
    assertEquals(await page.getByRole("listitem").filter({ hasText: "2×" }).count(), 1);

    await reload(page);
    await draw(page, SEVEN);
    await answerIs(page, 2);
    await textIs(page, "#lessons", "Fine-tuned with one correction.");

    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await answerIs(page, 2);
    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await statusIs(page, "All corrections were deleted.");
    await answerIs(page, 7);
    await reload(page);
    await draw(page, SEVEN);
    await answerIs(page, 7);
    assertEquals(await page.locator("#corrections li").count(), 0);
  },
);

testPage(
  "page restarts a fine-tuning that a reload has interrupted, and deletes a single correction",
  async ({ page }) => {
    await draw(page, SEVEN);
    await answerIs(page, 7);
    await page.getByRole("button", { name: /^2 / }).click();
    await statusIs(page, "Learning that this is a 2.");
    await page.locator("#corrections li").waitFor();
    await reload(page);
    await statusIs(page, "Learned your corrections.");
    await draw(page, SEVEN);
    await answerIs(page, 2);
    await page.getByRole("button", { name: "Delete the correction to 2" }).click();
    await statusIs(page, "The correction was deleted.");
    await answerIs(page, 7);
    assertEquals(await toolsOff(page), ["Start over"]);
  },
);

testPage("page keeps only the last correction of a picture", async ({ page }) => {
  await draw(page, SEVEN);
  await answerIs(page, 7);
  await page.getByRole("button", { name: /^3 / }).click();
  await statusIs(page, "Learning that this is a 3.");
  await page.getByRole("button", { name: /^2 / }).click();
  await statusIs(page, "Learned: this is a 2.");
  await answerIs(page, 2);
  assertEquals(await page.locator("#corrections li").allInnerTexts(), ["2\n×"]);
});

testPage("page explains why a picture cannot be corrected", async ({ page }) => {
  const seven = page.getByRole("button", { name: /^7 / });
  await isReady(page);
  await seven.click();
  await statusIs(page, "Draw a digit first, or open a picture of one.");
  await draw(page, SEVEN);
  await answerIs(page, 7);
  await seven.click();
  await statusIs(page, "The network reads this as a 7 already.");
});

/** Draws two sevens side by side. */
async function drawSevens(page: Page): Promise<void> {
  for (const left of [0.1, 0.6]) {
    await draw(page, [[left, 0.3], [left + 0.25, 0.3], [left + 0.1, 0.75]]);
  }
}

testPage(
  "page shows what several digits read as, how sure that is, and what else they may be",
  async ({ page }) => {
    await drawSevens(page);
    await textIs(page, "#sure", "2 digits");
    await textIs(page, "#lines strong", "77");
    assertMatch(await page.locator("#lines span").innerText(), /^(Over )?\d+(\.\d)?% sure$/);
    assertMatch(await page.locator("#lines small").innerText(), /^Or \d+: [\w ]+%, \d+: .+\.$/);
    const spoken = await page.locator("#lines span").innerText();
    await textIs(page, "#spoken", `77, ${spoken}.`);
    assertEquals(await page.locator("#several").isVisible(), true);
    // One digit by itself has an answer of its own again.
    await page.getByRole("button", { name: "Clear" }).click();
    assertEquals(await page.locator("#several").isVisible(), false);
    await draw(page, SEVEN);
    await answerIs(page, 7);
    assertEquals(await page.locator("#several").isVisible(), false);
  },
);

testPage(
  "page reads several digits again as so many as the user says there are",
  async ({ page }) => {
    await drawSevens(page);
    await textIs(page, "#lines strong", "77");
    const field = page.getByLabel("Number of digits");
    await field.fill("3");
    await page.waitForFunction(() =>
      document.querySelector("#lines strong")?.textContent?.length === 3
    );
    await field.fill("90");
    await textIs(page, "#lines", "No likely reading.");
    await field.fill("");
    await textIs(page, "#lines strong", "77");
    await field.fill("3");
    await page.getByRole("button", { name: "Clear" }).click();
    assertEquals(await field.inputValue(), "");
    await drawSevens(page);
    await textIs(page, "#lines strong", "77");
  },
);

testPage("page has room for several digits on a phone", async ({ page }) => {
  await drawSevens(page);
  await textIs(page, "#lines strong", "77");
  const { width, height } = (await page.getByLabel("Number of digits").boundingBox())!;
  assertGreater(width, 43);
  assertGreater(height, 43);
  assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 390);
}, PHONE);

testPage("page accepts refused ink as a digit after a correction", async ({ page }) => {
  // A grid of lines.
  for (const at of [0.2, 0.4, 0.6, 0.8]) {
    await draw(page, [[at, 0.1], [at, 0.9]]);
    await draw(page, [[0.1, at], [0.9, at]]);
  }
  await textIs(page, "#sure", "Not recognised as a digit");
  await answerIs(page, null);
  await page.getByRole("button", { name: /^8 / }).click();
  await statusIs(page, "Learned: this is an 8.");
  await answerIs(page, 8);
});

testPage("page downloads its network as a safetensors file", async ({ page }) => {
  await isReady(page);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as safetensors" }).click();
  const download = await waiting;
  assertEquals(download.suggestedFilename(), "lenet.safetensors");
  using net = await LeNet.load(await Deno.readFile(await download.path()));
  assertEquals((await net.classify(await Deno.readFile(sample(5)))).digit, 5);
});

testPage(
  "page reads and learns without a server and offline after it was loaded once",
  async ({ page, stopServer }) => {
    await isKept(page);
    await stopServer();
    await page.context().setOffline(true);
    await reload(page);
    await draw(page, SEVEN);
    await answerIs(page, 7);
    await page.getByRole("button", { name: /^1 / }).click();
    await statusIs(page, "Learned: this is a 1.");
    await answerIs(page, 1);
    await page.context().setOffline(false);
  },
);

testPage("page can be used with the keyboard alone, in reading order", async ({ page }) => {
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.ariaLabel ?? activeElement?.textContent?.trim() ?? "";
    });
  const order: string[] = [];
  for (let n = 0; n < 17; n++) {
    await page.keyboard.press("Tab");
    order.push(await focused());
  }
  assertEquals(order.slice(0, 5), ["Drawing area", "Clear", "Undo", "Picture", "Camera"]);
  assertEquals(order.slice(5, 15).map((name) => name.slice(-4)), [
    ..."0123456789".split("").map((digit) => `${digit} 0%`),
  ]);
  assertEquals(order.slice(15), ["Download as safetensors", "Start over"]);

  await page.locator("#drawing").focus();
  await page.keyboard.press("Space");
  // Before the drawing: an answer that stays for a while is spoken in its place.
  await textIs(page, "#spoken", "Pen down");
  for (let n = 0; n < 12; n++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await answerIs(page, 1);
  await textIs(page, "#spoken", "1, Over 99.9% sure.");

  // Moves up with the pen lifted, draws a diagonal line with two keys at a time, and undoes it.
  for (let n = 0; n < 12; n++) await page.keyboard.press("ArrowUp");
  await answerIs(page, 1);
  await page.keyboard.press("Enter");
  await page.keyboard.down("ArrowLeft");
  await page.keyboard.down("ArrowDown");
  for (let n = 0; n < 8; n++) await page.keyboard.down("ArrowDown");
  await page.keyboard.up("ArrowDown");
  await page.keyboard.up("ArrowLeft");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector("#digit")?.textContent !== "1");
  await page.keyboard.press("Control+z");
  await answerIs(page, 1);

  // Moves the focus past the tools to the bar of the seven.
  for (let n = 0; n < 12; n++) await page.keyboard.press("Tab");
  assertEquals((await focused()).slice(0, 1), "7");
  await page.keyboard.press("Enter");
  await statusIs(page, "Learned: this is a 7.");
  await answerIs(page, 7);

  const waiting = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Picture" }).focus();
  await page.keyboard.press("Enter");
  await (await waiting).setFiles(sample(3));
  await answerIs(page, 3);
  await page.locator("#drawing").focus();
  await page.getByRole("button", { name: "Clear" }).focus();
  await page.keyboard.press("Space");
  assertEquals(await focused(), "Drawing area");
  await answerIs(page, null);
});

testPage("page names all its parts for screen readers", async ({ page }) => {
  await draw(page, SEVEN);
  await textIs(page, "#spoken", "7, Over 99.9% sure.");
  const tree = await page.locator("body").ariaSnapshot();
  for (
    const line of [
      '- heading "Which digit is this?" [level=1]',
      '- application "Drawing area"',
      '- group "Tools":',
      "- paragraph: 7, Over 99.9% sure.",
      '- group "Wrong? Choose the right digit, and the network learns it.":',
      '- button "7 >99%"',
      "- status",
      '- heading "What the network sees" [level=2]',
      '- img "Feature maps of the six filters of the first convolution"',
      '- heading "Your network" [level=2]',
    ]
  ) {
    assertEquals([line, tree.includes(line)], [line, true], tree);
  }
  assertMatch(
    await page.locator("#keys").innerText(),
    /^Arrow keys move the pen, space lowers or lifts it/,
  );
});

testPage("page reads pictures that are opened, dropped or pasted", async ({ page }) => {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Picture" }).click();
  await (await chooser).setFiles(sample(4));
  await answerIs(page, 4);
  assertGreater(await inkOf(page, "#picture"), 100);

  for (const [kind, digit] of [["drop", 6], ["paste", 9]] as const) {
    const base64 = (await Deno.readFile(sample(digit))).toBase64();
    await page.evaluate(([kind, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], "digit.png", { type: "image/png" }));
      document.body.dispatchEvent(
        kind === "drop"
          ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent("paste", { clipboardData: data, bubbles: true }),
      );
    }, [kind, base64] as const);
    await answerIs(page, digit);
  }

  // Drawing replaces the picture.
  await draw(page, SEVEN);
  await answerIs(page, 7);
  assertEquals(await page.locator("#picture").isHidden(), true);
});

testPage("page explains why it cannot read a file", async ({ page }) => {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Picture" }).click();
  await (await chooser).setFiles({
    name: "seven.png",
    mimeType: "image/png",
    buffer: Buffer.from("seven"),
  });
  await statusIs(page, "The file cannot be read: it is not a picture in a supported format.");
  await answerIs(page, null);
  await draw(page, SEVEN);
  await answerIs(page, 7);
  await statusIs(page, "");
});

testPage("page reads the camera preview until a picture is captured", async ({ page }) => {
  const camera = page.locator("#camera");
  await camera.click();
  await textIs(page, "#camera-name", "Capture");
  assertEquals(await camera.getAttribute("aria-pressed"), "true");
  await page.waitForFunction(() => document.querySelector("#sure")?.textContent !== "No digit yet");
  assertEquals(await page.locator("#video").isVisible(), true);
  await camera.click();
  assertEquals(await camera.getAttribute("aria-pressed"), "false");
  assertEquals(await page.locator("#video").isVisible(), false);
  assertEquals(await page.locator("#picture").isVisible(), true);
  await camera.click();
  await page.getByRole("button", { name: "Clear" }).click();
  await answerIs(page, null);
  assertEquals(await page.locator("#video").isVisible(), false);
});

testPage("page fits a phone, where fingers draw and do not scroll", async ({ page }) => {
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: [number, number]) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: at ? [{ x: at[0], y: at[1] }] : [],
    });
  const [first, ...rest] = await inWindow(page, SEVEN);
  await touch("touchStart", first);
  let [x, y] = first;
  for (const [toX, toY] of rest) {
    for (let n = 1; n <= 8; n++) {
      await touch("touchMove", [x + (toX - x) * n / 8, y + (toY - y) * n / 8]);
    }
    [x, y] = [toX, toY];
  }
  await touch("touchEnd");
  await answerIs(page, 7);
  assertEquals(await page.evaluate(() => scrollY), 0);

  const { across, down } = await page.evaluate(() => ({
    across: document.documentElement.scrollWidth,
    down: document.querySelector("#bars")!.getBoundingClientRect().bottom,
  }));
  assertEquals(across, 390);
  assertLess(down, 844);
  const sizes = await page.getByRole("button").evaluateAll((buttons) =>
    buttons.map((button) => button.getBoundingClientRect())
      .map(({ width, height }) => [width, height])
  );
  for (const [width, height] of sizes) {
    assertGreater(width, 30);
    assertGreater(height, 43);
  }
}, PHONE);

testPage("page follows the colour scheme of the system", async ({ page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const brightness = async () => Number((await ground()).match(/\d+/)?.[0]);
  assertLess(await brightness(), 40);
  await draw(page, SEVEN);
  await answerIs(page, 7);
  await page.emulateMedia({ colorScheme: "light" });
  assertGreater(await brightness(), 220);
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("#drawing")!;
    // From a copy: browsers warn if a canvas of the page is read repeatedly.
    const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
    copy.drawImage(canvas, -canvas.width / 2, -canvas.height / 4);
    const { data } = copy.getImageData(0, 0, 1, 1);
    return data[3] > 200 && data[0] < 60;
  });
}, { colorScheme: "dark" });

testPage("page has no transitions if the system asks for reduced motion", async ({ page }) => {
  const duration = () =>
    page.locator(".track span").first().evaluate((bar) => getComputedStyle(bar).transitionDuration);
  assertEquals(await duration(), "0s");
  await page.emulateMedia({ reducedMotion: "no-preference" });
  assertEquals(await duration(), "0.09s");
}, { reducedMotion: "reduce" });
