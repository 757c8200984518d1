import { assertEquals, assertLess } from "@std/assert";
import type { Page } from "playwright-core";
import { type Activation, LeNet } from "../../../mod.ts";
import { HAS_CHROMIUM } from "../../chromium.ts";
import { answerIs, draw, isReady, ONE, type Place, withDigitPage } from "./open_page.ts";

/** Number of bursts of strokes; timers that fire early affect about every third one. */
const ROUNDS = 20;

/** Longest time until the page shows the last picture on a busy machine, in milliseconds. */
const MAX_WAIT = 5_000;

/** Side of the pictures that the page reads from the drawing, in pixels. */
const SIDE = 160;

/** Pixels between the maps of a stage. */
const GAP = 2;

/** Largest difference of a shade by rounding to 8 bits; the shades of other pictures differ by up to 1. */
const MAX_SHADE_ERROR = 0.02;

/** The canvases that show activations, with the number of their columns. */
const STAGES = [
  { id: "stage-input", name: "input", columns: 1 },
  { id: "stage-first", name: "relu1", columns: 3 },
  { id: "stage-second", name: "relu2", columns: 4 },
] as const;

/** Holds the picture that the page read last. */
interface Recording {
  lastRead: ImageData;
}

/** Records the pictures that the page reads from the drawing. */
function recordPictures(): void {
  const { prototype } = OffscreenCanvasRenderingContext2D;
  const { getImageData } = prototype;
  prototype.getImageData = function (...args: Parameters<typeof getImageData>) {
    const image = getImageData.apply(this, args);
    // Other canvases, such as the copies that this test makes, have other sides.
    if (image.width === 160) (globalThis as unknown as Recording).lastRead = image;
    return image;
  };
}

/** The picture that the page read last: its grey values, as characters. */
async function lastRead(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const { data } = (globalThis as unknown as Recording).lastRead;
    return String.fromCharCode(...data.filter((_, i) => i % 4 === 0));
  });
}

/** A picture of the page as an input of the network. */
function rgba(grays: string): { data: Uint8ClampedArray; width: number; height: number } {
  const data = new Uint8ClampedArray(4 * grays.length).fill(255);
  for (let i = 0; i < grays.length; i++) data.fill(grays.charCodeAt(i), 4 * i, 4 * i + 3);
  return { data, width: SIDE, height: SIDE };
}

/** The red values of the pixels of a canvas. */
async function reds(page: Page, id: string): Promise<number[]> {
  return await page.locator(`#${id}`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { width, height } = canvas;
    // From a copy: browsers warn if a canvas of the page is read repeatedly.
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    copy.drawImage(canvas, 0, 0);
    return [...copy.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 === 0)];
  });
}

/** Values as shares of their range, 0 to 1. */
function shares(values: readonly number[], [low, high]: readonly [number, number]): number[] {
  return values.map((value) => (value - low) / (high - low || 1));
}

/** The largest difference between the shades of a canvas and the activations of a stage. */
function shadeError(
  shown: readonly number[],
  { values, shape }: Activation,
  columns: number,
): number {
  const [channels, side] = shape as [number, number, number];
  const width = columns * (side + GAP) - GAP;
  const pixels = Array.from({ length: channels * side * side }, (_, i) => {
    const [channel, row, column] = [
      Math.floor(i / side ** 2),
      Math.floor(i / side) % side,
      i % side,
    ];
    const y = Math.floor(channel / columns) * (side + GAP) + row;
    return shown[y * width + channel % columns * (side + GAP) + column];
  });
  const expected = shares([...values], [Math.min(...values), Math.max(...values)]);
  // The lowest value has the colour --quiet, the highest --ink or --accent: which of them is darker does not matter.
  const at = (share: number): number => pixels[expected.indexOf(share)];
  const actual = shares(pixels, [at(0), at(1)]);
  return Math.max(...expected.map((share, i) => Math.abs(share - actual[i])));
}

/** Asserts that the page shows the answer and the activations of the picture that it read last. */
async function assertShowsLastPicture(page: Page, net: LeNet, round: string): Promise<void> {
  const grays = await lastRead(page);
  const { digit } = await net.classify(rgba(grays));
  await answerIs(page, digit);
  const stages = await net.activations(rgba(grays));
  for (const { id, name, columns } of STAGES) {
    const stage = stages.find((stage) => stage.name === name) as Activation;
    const error = async () => shadeError(await reds(page, id), stage, columns);
    const end = performance.now() + MAX_WAIT;
    while (await error() > MAX_SHADE_ERROR && performance.now() < end) {
      await page.waitForTimeout(20);
    }
    assertLess(await error(), MAX_SHADE_ERROR, `#${id} shows another picture after ${round}`);
  }
  assertEquals(await lastRead(page) === grays, true, "The page read another picture meanwhile");
}

Deno.test({
  name: "page shows the answer and the activations of the last picture after quick strokes",
  ignore: !HAS_CHROMIUM,
  fn: () =>
    withDigitPage(
      async ({ page }) => {
        using net = await LeNet.load();
        await isReady(page);
        const strokes: readonly (readonly Place[])[] = [
          [[0.3, 0.25], [0.3, 0.7]],
          [[0.25, 0.3], [0.65, 0.3], [0.5, 0.8]],
          [[0.7, 0.3], [0.35, 0.75]],
          ONE,
          [[0.3, 0.5], [0.7, 0.55]],
        ];
        for (let round = 0; round < ROUNDS; round++) {
          const burst = 1 + round % 3;
          for (let n = 0; n < burst; n++) {
            await draw(page, strokes[(round + n) % strokes.length], 1 + (round + n) % 2);
            // Lets the last stroke end at various times between two computations of the activations.
            await page.waitForTimeout((round * 7 + n * 13) % 40);
          }
          await assertShowsLastPicture(page, net, `round ${round} of ${burst} strokes`);
          await page.getByRole("button", { name: "Clear" }).click();
        }
      },
      {},
      recordPictures,
    ),
});
