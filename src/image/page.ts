import type { Box, GreyImage, Pixels } from "./image.ts";
import { boxAround, type Component, findComponents } from "./ink/components.ts";
import { borderOf, histogram, inkMask, isFaint, otsuLevels } from "./ink/threshold.ts";
import { asMnist, DIGIT_SIDE } from "./frame.ts";
import { despeckle, LazyGrey, reduceGrey } from "./ink/grey.ts";
import { toBytes, toUnit } from "./values.ts";

/** In smaller pictures, in pixels, a speck and the end of a stroke look the same. */
const MIN_SPECKLED_SIDE = 60;

/** From this factor on a block is looked at on every other pixel of every other row, which hardly changes its mean. */
const MIN_COARSE = 8;

/** A part of a page, reduced to the size in which ink is looked for. */
export interface View {
  /** The part of the page, in its pixels. */
  readonly region: Box;
  /** How many pixels of the page became one, across and down. */
  readonly factor: number;
  /** The brightness, without specks. */
  readonly grey: GreyImage;
  /** How often each brightness occurs in it. */
  readonly counts: Uint32Array;
}

/** A picture in which digits are looked for. Its views are kept, for what is looked at in several ways. */
export class Page {
  readonly grey: GreyImage;
  /** The whole of it. */
  readonly whole: Box;
  readonly #pixels: Pixels;
  readonly #views = new Map<string, View>();

  /** @param pixels The picture. */
  constructor(pixels: Pixels) {
    this.#pixels = pixels;
    const { width, height, channels, data } = pixels;
    this.grey = channels === 4 ? new LazyGrey(pixels) : { data: toBytes(data), width, height };
    this.whole = { x: 0, y: 0, width, height };
  }

  /** How many pixels it has. */
  get pixels(): number {
    return this.whole.width * this.whole.height;
  }

  /** Whether something stands out that is too faint to be read. */
  isFaint(): boolean {
    const { grey } = this.view(this.whole, factorFor(this.whole));
    return isFaint(grey);
  }

  /**
   * Its 784 values from 0 to 1, in fresh memory, where it has the form of MNIST's pictures (see `isMnistLike`); otherwise
   * `undefined`.
   */
  asMnist(): Float32Array<ArrayBuffer> | undefined {
    const { width, channels } = this.#pixels;
    return asMnist(
      width === DIGIT_SIDE && channels === 4
        ? { ...this.whole, data: this.grey.data, channels: 1 }
        : this.#pixels,
    );
  }

  /** Frees the memory of the picture, where it is a copy; the page cannot be looked at any more. */
  release(): void {
    this.#pixels.release?.();
  }

  /** Its brightness, as the first step of a preparation. */
  brightness(): PreparationPicture {
    const { grey: { data }, whole: { width, height } } = this;
    return { name: "brightness", width, height, values: toUnit(data) };
  }

  /**
   * The same page with its differences in colour as brightness.
   *
   * @returns The page, reduced; `undefined` where it is grey.
   */
  async inColour(): Promise<Page | undefined> {
    const pixels = await this.#pixels.inColour?.() ?? this.#pixels;
    if (pixels.channels === 1) return undefined;
    const { chromaOf } = await import("./ink/chroma.ts");
    const chroma = chromaOf(pixels);
    return chroma && new Page({ ...chroma, channels: 1 });
  }

  /**
   * Reduces a part of the page by a whole factor, and removes specks.
   *
   * @param region The part.
   * @param factor How many pixels become one, across and down.
   * @returns The view.
   */
  view(region: Box, factor: number): View {
    const key = [region.x, region.y, region.width, region.height, factor].join();
    let view = this.#views.get(key);
    if (view === undefined) {
      const step = factor >= MIN_COARSE ? 2 : 1;
      const reduced = reduceGrey(this.grey, region, factor, step);
      const counts = histogram(reduced.data);
      const isClean = Math.max(reduced.width, reduced.height) < MIN_SPECKLED_SIDE ||
        isOnFlatGround(reduced, counts);
      const grey = isClean ? reduced : despeckle(reduced);
      view = { region, factor, grey, counts: grey === reduced ? counts : histogram(grey.data) };
      this.#views.set(key, view);
    }
    return view;
  }
}

/** A flat ground has at least this share of the pixels. */
const GROUND_SHARE = 0.25;

/** Whether all of the border has one tone, which is much of the picture, as on a canvas: there are no specks on it. */
function isOnFlatGround({ data, width, height }: GreyImage, counts: Uint32Array): boolean {
  const ground = data[0];
  return counts[ground] > GROUND_SHARE * data.length &&
    borderOf({ data, width, height }).every((level) => level === ground);
}

/**
 * The part of a page that a box in a view of it covers, with a margin.
 *
 * @param box The box, in pixels of the view.
 * @param margin How far around it the part reaches; below 0 how far inside, in pixels of the view.
 * @param view The view.
 * @returns The part, in pixels of the page; it does not leave the view.
 */
export function regionAround(
  box: Box,
  margin: number,
  { region, factor }: Pick<View, "region" | "factor">,
): Box {
  const left = Math.max(0, Math.floor(box.x - margin)) * factor;
  const top = Math.max(0, Math.floor(box.y - margin)) * factor;
  const right = Math.min(region.width, Math.ceil(box.x + box.width + margin) * factor);
  const bottom = Math.min(region.height, Math.ceil(box.y + box.height + margin) * factor);
  return {
    x: region.x + left,
    y: region.y + top,
    width: Math.max(0, right - left),
    height: Math.max(0, bottom - top),
  };
}

/** One digit is looked for with at most so many pixels on the longer side: ten for each that the network sees. */
export const WORKING_SIDE = 200;

/** A narrower region, in pixels, shows nothing. */
export const MIN_REGION = 8;

/** How many pixels become one, across and down, where one digit is looked for in a region. */
export function factorFor({ width, height }: Box): number {
  return Math.ceil(Math.max(width, height) / WORKING_SIDE);
}

/** A sheet of paper or a window on a screen covers at least this share of the page. */
const MIN_SHEET = 0.02;

/** It fills at least this share of its box, what is written on it included. */
const SHEET_FILL = 0.75;

/** How much of a sheet is left out on every side, as a share of its shorter side. */
const SHEET_EDGE = 0.05;

/** Sheets that are looked at, and how deep they lie in each other. */
const MAX_SHEETS = 2;

const MAX_DEPTH = 2;

/** On a page with a shorter longer side, in pixels, a sheet would leave no room for a digit: what looks like one is drawn. */
const MIN_SHEET_PAGE = 60;

/** The sheets that were found on pages: one digit and lines are looked for on the same ones. */
const found = new WeakMap<Page, Box[]>();

/**
 * Finds sheets of paper and windows on a page: what is of one tone, almost a rectangle, and large.
 *
 * @param page The page.
 * @returns Their insides, the largest first; what lies on the largest sheet after it.
 */
export function sheetsOf(page: Page): Box[] {
  let sheets = found.get(page);
  if (sheets === undefined) found.set(page, sheets = findSheets(page));
  return sheets;
}

function findSheets(page: Page): Box[] {
  const sheets: Box[] = [];
  let region = page.whole;
  if (Math.max(region.width, region.height) < MIN_SHEET_PAGE) return sheets;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const view = page.view(region, factorFor(region));
    const { grey: { width, height } } = view;
    const levels = otsuLevels(view.grey, view.counts);
    if (levels === undefined) break;
    const inside = findComponents(inkMask(view.grey, levels), width, height)
      .filter((piece) => isSheet(piece, width * height))
      .sort((a, b) => b.area - a.area)
      .slice(0, MAX_SHEETS)
      .map((piece) => {
        const box = boxAround([piece]);
        return regionAround(box, -Math.ceil(SHEET_EDGE * Math.min(box.width, box.height)), view);
      })
      .filter((box) => Math.min(box.width, box.height) >= MIN_REGION);
    if (inside.length === 0) break;
    sheets.push(...inside);
    region = inside[0];
  }
  return sheets;
}

function isSheet(piece: Component, page: number): boolean {
  const box = boxAround([piece]);
  if (box.width * box.height < MIN_SHEET * page) return false;
  // What lies between the first and the last ink of a row belongs to it.
  let [filled, row, first, last] = [0, -1, 0, 0];
  for (let i = 0; i < piece.runs.length; i += 3) {
    if (piece.runs[i] !== row) {
      filled += last - first;
      [row, first] = [piece.runs[i], piece.runs[i + 1]];
    }
    last = piece.runs[i + 2];
  }
  filled += last - first;
  return filled >= SHEET_FILL * box.width * box.height &&
    piece.area >= 0.5 * box.width * box.height;
}

/**
 * The steps from a picture to a digit that can be left out, to see what each is good for: `light` makes uneven light
 * even, `specks` erases specks and takes the pieces that are the digit, `rules` erases the lines of ruled paper,
 * `zoom` looks again at small digits, `strokes` evens the width of strokes, `centre` puts the centre
 * of mass in the middle instead of the box.
 */
export type PreparationStep = "light" | "specks" | "rules" | "zoom" | "strokes" | "centre";

/** All steps that can be left out, in the order in which they are taken. */
export const PREPARATION_STEPS: readonly PreparationStep[] = [
  "light",
  "specks",
  "rules",
  "zoom",
  "strokes",
  "centre",
];

/** A picture on the way from what the user has to what the network sees. */
export interface PreparationPicture {
  /** What it shows, such as `brightness` or `ink`. */
  readonly name: string;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** One number for each pixel, row by row, 0 (black) to 1 (white). */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Receives a picture on the way. */
export type RecordStep = (picture: PreparationPicture) => void;

/** How a picture is prepared. */
export interface PreparationSettings {
  /** Whether the pictures on the way are kept as `steps`. */
  readonly explain?: boolean;
  /** Names of steps and of hypotheses to leave out, to measure what each is good for. */
  readonly without?: readonly string[];
}

/**
 * Tells whether a step is taken, or a hypothesis made.
 *
 * @param settings How the picture is prepared.
 * @param name The name of the step or the hypothesis.
 * @returns Whether it is not left out.
 */
export function takes({ without }: PreparationSettings, name: string): boolean {
  return without === undefined || !without.includes(name);
}
