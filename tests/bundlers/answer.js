/**
 * The program that is bundled: it reads a digit from a file and a line from pixels. It runs in Deno, in Node and in pages.
 *
 * @module
 */

import { classifyDigit, readDigits } from "@x/lenet";

/** A 7, a 1 and a 4, side by side, as straight strokes from point to point. */
const STROKES = [
  [[10, 10], [26, 10]],
  [[26, 10], [16, 38]],
  [[48, 10], [48, 38]],
  [[70, 10], [70, 26]],
  [[70, 26], [88, 26]],
  [[83, 14], [83, 38]],
];

/**
 * Reads both.
 *
 * @param {string | URL} picture A picture of one digit: where it lies, or the file in base64.
 * @returns What the library answered to each.
 */
export async function answer(picture) {
  return { digit: await classifyDigit(picture), line: await readDigits(drawLine()) };
}

function drawLine() {
  const [width, height] = [100, 48];
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const distance = Math.min(...STROKES.map(([from, to]) => distanceTo(from, to, x, y)));
      // Black strokes 3 pixels wide, with soft edges, on white.
      data[y * width + x] = 255 * Math.min(1, Math.max(0, distance - 1));
    }
  }
  return { data, width, height };
}

function distanceTo([fromX, fromY], [toX, toY], x, y) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy);
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(x - fromX - share * dx, y - fromY - share * dy);
}
