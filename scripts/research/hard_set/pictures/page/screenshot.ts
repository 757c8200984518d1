import { drawPaths } from "../../../../../src/data/synthetic/digits.ts";
import type { Random } from "../../../../../src/model/random.ts";
import { fitPaths, type Path, writeStrokes } from "../drawing.ts";
import { LETTERS } from "../glyphs.ts";
import { compose, rotate, scale, translate } from "../homography.ts";
import type { Colour, Coverage, RgbaPicture } from "../picture.ts";
import { drawShape } from "../shape.ts";
import type { Writing } from "./page.ts";
import { blend, fillRect, flatSheet } from "./sheet.ts";

/** The colours of a window. */
interface Theme {
  readonly bar: Colour;
  readonly window: Colour;
  readonly text: Colour;
  readonly accent: Colour;
}

const LIGHT: Theme = {
  bar: [222, 225, 230],
  window: [243, 244, 246],
  text: [60, 64, 70],
  accent: [60, 120, 230],
};

const DARK: Theme = {
  bar: [44, 46, 52],
  window: [30, 31, 35],
  text: [190, 193, 200],
  accent: [90, 150, 250],
};

/** The grounds of a desktop. */
const DESKTOPS: readonly Colour[] = [
  [30, 30, 34],
  [235, 236, 240],
  [40, 80, 130],
  [18, 100, 95],
  [120, 120, 125],
];

/** Ink and ground of the canvas in the window. */
const CANVASES: readonly (readonly [ink: Colour, ground: Colour])[] = [
  [[0, 0, 0], [255, 255, 255]],
  [[26, 26, 60], [255, 255, 255]],
  [[200, 30, 40], [255, 255, 255]],
  [[255, 255, 255], [0, 0, 0]],
  [[240, 240, 240], [38, 40, 46]],
  [[30, 80, 200], [250, 248, 240]],
];

/** A rectangle in whole pixels. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A drawing of a digit in a window on a screen, with bars, icons, buttons and bits of text. */
export function screenshotPicture({ shape }: Writing, random: Random): RgbaPicture {
  const width = 320 + random.integer(700);
  // A screen or a window, or a telephone held upright.
  const height = Math.round(
    random.next() < 0.8 ? width * random.uniform(0.6, 0.9) : Math.min(900, width * 1.8),
  );
  const theme = random.next() < 0.5 ? LIGHT : DARK;
  const hasWindow = random.next() < 0.7;
  const sheet = flatSheet(
    width,
    height,
    hasWindow ? DESKTOPS[random.integer(DESKTOPS.length)] : theme.window,
  );
  const margin = (side: number): number => Math.round(side * random.uniform(0, 0.12));
  const window: Area = hasWindow
    ? inset(
      { left: 0, top: 0, width, height },
      margin(width),
      margin(height),
      margin(width),
      margin(height),
    )
    : { left: 0, top: 0, width, height };
  if (hasWindow) drawWindow(sheet, window, theme);
  const bars = drawBars(sheet, window, theme, random);

  const [ink, ground] = CANVASES[random.integer(CANVASES.length)];
  const gap = (most: number): number => Math.round(random.uniform(0, most));
  const canvas = inset(
    bars,
    gap(0.25 * bars.width),
    gap(0.08 * bars.height),
    gap(0.25 * bars.width),
    gap(0.15 * bars.height),
  );
  fillRect(sheet, canvas.left, canvas.top, canvas.width, canvas.height, ground);
  if (random.next() < 0.5) outline(sheet, canvas, 1 + random.integer(2), theme.text);
  const below = bars.top + bars.height - canvas.top - canvas.height;
  if (below > 24) {
    drawButtons(sheet, { ...bars, top: canvas.top + canvas.height, height: below }, theme, random);
  }

  const coverage: Coverage = {
    data: new Float32Array(canvas.width * canvas.height),
    width: canvas.width,
    height: canvas.height,
  };
  const { left, top, right, bottom } = shape.bounds;
  const longer = Math.max(right - left, bottom - top);
  const room = Math.min(canvas.width, canvas.height) - 8;
  const length = Math.min(room, Math.max(26, room * random.uniform(0.25, 0.85)));
  const free = (side: number): number => length / 2 + 4 + random.next() * (side - length - 8);
  const place = compose(
    translate(free(canvas.width), free(canvas.height)),
    rotate(random.uniform(-4, 4)),
    scale(length / longer),
    translate(-(left + right) / 2, -(top + bottom) / 2),
  );
  drawShape(shape, place, coverage, random.uniform(0.8, 1.3));
  blend(sheet, coverage, canvas.left, canvas.top, ink);
  return sheet;
}

function inset(area: Area, left: number, top: number, right: number, bottom: number): Area {
  return {
    left: area.left + left,
    top: area.top + top,
    width: area.width - left - right,
    height: area.height - top - bottom,
  };
}

/** The frame of a rectangle, outside it. */
function outline(
  sheet: RgbaPicture,
  { left, top, width, height }: Area,
  thick: number,
  colour: Colour,
): void {
  fillRect(sheet, left - thick, top - thick, width + 2 * thick, thick, colour);
  fillRect(sheet, left - thick, top + height, width + 2 * thick, thick, colour);
  fillRect(sheet, left - thick, top, thick, height, colour);
  fillRect(sheet, left + width, top, thick, height, colour);
}

function drawWindow(sheet: RgbaPicture, area: Area, { window, text }: Theme): void {
  fillRect(sheet, area.left, area.top, area.width, area.height, window);
  outline(sheet, area, 1, text);
}

/** Draws the title bar, a toolbar, a panel and a status bar, some of them, and returns what is left of the window. */
function drawBars(sheet: RgbaPicture, window: Area, theme: Theme, random: Random): Area {
  let left = window;
  if (random.next() < 0.8) {
    const tall = 20 + random.integer(14);
    fillRect(sheet, left.left, left.top, left.width, tall, theme.bar);
    writeText(sheet, { ...left, left: left.left + 8, height: tall }, theme.text, random);
    for (let n = 1; n <= 3; n++) {
      const at = left.left + left.width - 20 * n;
      fillRect(sheet, at, left.top + tall / 2 - 4, 9, n === 2 ? 9 : 2, theme.text);
    }
    left = inset(left, 0, tall, 0, 0);
  }
  if (random.next() < 0.7) {
    const tall = 26 + random.integer(14);
    drawIcons(sheet, { ...left, height: tall }, theme, random);
    fillRect(sheet, left.left, left.top + tall - 1, left.width, 1, theme.bar);
    left = inset(left, 0, tall, 0, 0);
  }
  if (random.next() < 0.3) {
    const tall = 18;
    fillRect(sheet, left.left, left.top + left.height - tall, left.width, tall, theme.bar);
    writeText(
      sheet,
      { ...left, left: left.left + 6, top: left.top + left.height - tall, height: tall },
      theme.text,
      random,
    );
    left = inset(left, 0, 0, 0, tall);
  }
  if (random.next() < 0.3) {
    const wide = 30 + random.integer(20);
    fillRect(sheet, left.left, left.top, wide, left.height, theme.bar);
    for (let n = 0; n < 4; n++) {
      fillRect(
        sheet,
        left.left + 8,
        left.top + 10 + 26 * n,
        wide - 16,
        14,
        n === 1 ? theme.accent : theme.text,
      );
    }
    left = inset(left, wide, 0, 0, 0);
  }
  return left;
}

/** A row of icons: squares, frames and bars. */
function drawIcons(
  sheet: RgbaPicture,
  area: Area,
  { text, accent, bar }: Theme,
  random: Random,
): void {
  const side = area.height - 14;
  const count = 3 + random.integer(7);
  for (let n = 0; n < count; n++) {
    const icon = {
      left: area.left + 8 + n * (side + 8),
      top: area.top + 6,
      width: side,
      height: side,
    };
    if (icon.left + side + 8 > area.left + area.width) return;
    const kind = random.integer(4);
    if (kind === 0) fillRect(sheet, icon.left, icon.top, side, side, accent);
    else if (kind === 1) outline(sheet, inset(icon, 1, 1, 1, 1), 1, text);
    else if (kind === 2) fillRect(sheet, icon.left, icon.top + side / 2 - 1, side, 3, text);
    else fillRect(sheet, icon.left + 2, icon.top + 2, side - 4, side - 4, bar);
  }
}

/** One or two buttons below the canvas. */
function drawButtons(sheet: RgbaPicture, area: Area, theme: Theme, random: Random): void {
  const count = 1 + random.integer(2);
  const tall = Math.min(30, area.height - 8);
  for (let n = 0; n < count; n++) {
    const button = {
      left: area.left + Math.round(area.width * (n + 0.6) / (count + 1)),
      top: area.top + Math.round((area.height - tall) / 2),
      width: Math.min(110, Math.round(area.width / 4)),
      height: tall,
    };
    fillRect(
      sheet,
      button.left,
      button.top,
      button.width,
      tall,
      n === 0 ? theme.accent : theme.bar,
    );
    writeText(
      sheet,
      { ...button, left: button.left + 8 },
      n === 0 ? [255, 255, 255] : theme.text,
      random,
    );
  }
}

/** Writes a word or two of small letters, as many as fit. */
function writeText(
  sheet: RgbaPicture,
  { left, top, width, height }: Area,
  colour: Colour,
  random: Random,
): void {
  const tall = Math.min(9, height - 8);
  const wide = Math.min(width - 12, 40 + random.integer(90));
  if (tall < 5 || wide < 12) return;
  const coverage: Coverage = { data: new Float32Array(wide * height), width: wide, height };
  const paths: Path[] = [];
  for (let at = 1; at + tall + 2 < wide; at += tall + 1) {
    if (random.next() < 0.15) continue;
    const { strokes, aspect } = LETTERS[random.integer(LETTERS.length)];
    paths.push(...fitPaths(writeStrokes(strokes, aspect, random), tall, at, (height - tall) / 2));
  }
  drawPaths(paths, { radius: 0.6, softness: 1 }, coverage.data, wide);
  blend(sheet, coverage, left, top, colour);
}
