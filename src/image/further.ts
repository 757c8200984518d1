import type { Box, GreyImage } from "./image.ts";
import { type Hypothesis, makeHypothesis, OWN } from "./hypotheses.ts";
import { evenLight, isEven } from "./ink/illumination.ts";
import { eraseLines, eraseOutlines } from "./ink/marks.ts";
import { eraseRules } from "./ink/rules.ts";
import type { EvenImage, Separation } from "./ink/separate.ts";
import { factorFor, type Page, type PreparationSettings, sheetsOf } from "./page.ts";

/** In smaller pictures, in pixels, a shadow and a stroke look the same. */
const MIN_EVEN_SIDE = 60;

/** A picture that is narrower than this, in pixels, has no illumination to be estimated. */
const MIN_EVEN_WIDTH = 8;

/** Whether a picture is too small for its illumination to be corrected. */
function isSmall({ width, height }: GreyImage): boolean {
  return Math.max(width, height) < MIN_EVEN_SIDE || Math.min(width, height) < MIN_EVEN_WIDTH;
}

/** What was corrected already, for the ways that differ in what follows. */
const corrected = new WeakMap<GreyImage, EvenImage>();

/** Corrects the illumination of a picture that is large enough for it. */
function correct(grey: GreyImage): EvenImage | undefined {
  if (isSmall(grey)) return undefined;
  let even = corrected.get(grey);
  if (even === undefined) {
    even = evenLight(grey);
    corrected.set(grey, even);
  }
  return even;
}

const EVEN: Separation = { correct, threshold: "border", erase: eraseRules };

/** The ways to separate ink where the first, by one threshold, leaves doubt; in the order in which they are tried. */
const WAYS: Readonly<Record<string, Separation>> = {
  even: EVEN,
  erased: { threshold: "otsu", erase: eraseLines, needsLines: true },
  "even erased": { correct, threshold: "border", erase: eraseLines, needsLines: true },
  outline: { threshold: "otsu", erase: eraseOutlines, needsLines: true },
  inverted: { threshold: "inverted" },
};

/**
 * Finds what else may be the ink of a digit: with the illumination corrected, with straight lines erased, light where the
 * first was dark, on a sheet of paper or in a window on a screen.
 *
 * @param page The picture.
 * @param settings What to leave out, and whether to keep the pictures on the way.
 * @returns The hypotheses, in the order of the ways.
 */
export function furtherHypotheses(page: Page, settings: PreparationSettings = {}): Hypothesis[] {
  const hypotheses: Hypothesis[] = [];
  const add = (name: string, region: Box, separation: Separation): void => {
    const hypothesis = makeHypothesis(name, page, region, separation, settings);
    if (hypothesis !== undefined) hypotheses.push(hypothesis);
  };
  for (const [name, separation] of Object.entries(WAYS)) add(name, page.whole, separation);
  for (const sheet of sheetsOf(page)) {
    add("sheet", sheet, OWN);
    add("even sheet", sheet, EVEN);
  }
  return hypotheses;
}

/**
 * Finds ink that differs from its paper in colour.
 *
 * @param page The picture.
 * @param settings What to leave out, and whether to keep the pictures on the way.
 * @returns The hypotheses; none where the picture is grey.
 */
export async function colourHypotheses(
  page: Page,
  settings: PreparationSettings = {},
): Promise<Hypothesis[]> {
  const coloured = await page.inColour();
  if (coloured === undefined) return [];
  const hypothesis = makeHypothesis("colour", coloured, coloured.whole, OWN, settings);
  if (hypothesis === undefined) return [];
  const scale = page.whole.width / coloured.whole.width;
  const { x, y, width, height } = hypothesis.box;
  const [left, top] = [Math.floor(x * scale), Math.floor(y * scale)];
  const box = {
    x: left,
    y: top,
    width: Math.min(page.whole.width, Math.ceil((x + width) * scale)) - left,
    height: Math.min(page.whole.height, Math.ceil((y + height) * scale)) - top,
  };
  return [{ ...hypothesis, box, isFramed: false }];
}

/**
 * Finds the ink of a digit in the way that the light of the picture makes the most likely. Where a network is at hand,
 * it chooses among all hypotheses instead.
 *
 * @param page The picture.
 * @param settings What to leave out, and whether to keep the pictures on the way.
 * @returns The hypothesis; `undefined` where nothing stands out.
 */
export function likelyHypothesis(
  page: Page,
  settings: PreparationSettings = {},
): Hypothesis | undefined {
  const view = page.view(page.whole, factorFor(page.whole));
  const separation = likelySeparation(view.grey);
  return makeHypothesis("likely", page, page.whole, separation, settings);
}

/**
 * Chooses how ink is most likely to be separated, by the light of a picture alone.
 *
 * @param picture The picture, of the size in which it is looked at.
 * @returns The separation: the illumination is corrected where it is uneven.
 */
export function likelySeparation(picture: GreyImage): Separation {
  const isAsItIs = isSmall(picture) || isEven(picture);
  return { ...(!isAsItIs && { correct }), threshold: "border", erase: eraseRules };
}
