import { readDigits } from "../../mod.ts";
import { logSoftmaxes } from "../../src/engine/ctc.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Box } from "../../src/image/image.ts";
import { colourHypotheses, furtherHypotheses, likelyHypothesis } from "../../src/image/further.ts";
import { firstHypothesis } from "../../src/image/hypotheses.ts";
import { Page, sheetsOf } from "../../src/image/page.ts";
import { align, decode } from "../../src/engine/ctc.ts";
import { deskew } from "../../src/reading/writing.ts";
import { digitInks } from "../../src/reading/line_images.ts";
import { lineImages } from "../../src/reading/line_images.ts";
import { lineLogits } from "../../src/reading/line_network.ts";
import { findWritings } from "../../src/reading/writing.ts";

/** A picture in RGBA. */
export interface RgbaPicture {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** A box, and the picture or map in which it was found. */
export interface FoundBox {
  readonly finder: string;
  readonly box: Box;
  readonly width: number;
  readonly height: number;
}

/** What the finders gave, or how they failed; a `LeNetError` is no failure. */
export type FindersReply = { readonly boxes: FoundBox[] } | { readonly failure: string };

const asBox = (
  { left, top, right, bottom }: { left: number; top: number; right: number; bottom: number },
): Box => ({ x: left, y: top, width: right - left + 1, height: bottom - top + 1 });

async function findAll(picture: RgbaPicture): Promise<FoundBox[]> {
  const { width, height } = picture;
  const boxes: FoundBox[] = [];
  const add = (finder: string, box: Box, within: { width: number; height: number }): void => {
    boxes.push({ finder, box, width: within.width, height: within.height });
  };
  const page = new Page({ ...picture, channels: 4 });
  for (const sheet of sheetsOf(page)) add("sheetsOf", sheet, picture);
  const first = firstHypothesis(page);
  if (first) add("firstHypothesis", first.box, picture);
  for (const { box } of furtherHypotheses(page)) add("furtherHypotheses", box, picture);
  for (const { box } of await colourHypotheses(page)) add("colourHypotheses", box, picture);
  const likely = likelyHypothesis(page);
  if (likely) add("likelyHypothesis", likely.box, picture);
  for (const writing of findWritings(page)) {
    add("findWritings", writing.region, picture);
    for (const piece of writing.pieces) add("findWritings", asBox(piece), writing.found.grey);
    const ink = deskew(writing);
    for (const piece of ink.pieces) add("deskew", asBox(piece), ink.map);
    const lines = lineImages(ink);
    const logits = await lineLogits(lines.map(({ map }) => map));
    for (const [n, line] of lines.entries()) {
      const logs = { ...logits[n], values: logSoftmaxes(logits[n]) };
      const [{ text }] = decode(logs, { beam: 1 });
      // Where the network sees nothing, any digits will do.
      const digits = align(logs, text.length > 0 ? text : [0, 1]);
      for (const { found } of digitInks(ink, line, digits)) {
        if (found !== undefined) add("digitInks", found.box, found.map);
      }
    }
  }
  const { digits } = await readDigits({ data: picture.data, width, height }, { reject: 0 });
  for (const { box } of digits) add("readDigits", box, picture);
  return boxes;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<RgbaPicture>) => void;
  postMessage(reply: FindersReply): void;
};

scope.onmessage = async ({ data: picture }) => {
  try {
    scope.postMessage({ boxes: await findAll(picture) });
  } catch (error) {
    if (error instanceof LeNetError) scope.postMessage({ boxes: [] });
    else scope.postMessage({ failure: error instanceof Error ? `${error.stack}` : `${error}` });
  }
};
