import { readDigits } from "../../mod.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Box } from "../../src/image/image.ts";
import { findInk } from "../../src/image/ink/find_ink.ts";
import { LazyGrey } from "../../src/image/ink/grey.ts";
import { latticesOf } from "../../src/reading/lattice.ts";
import { findSheet, findWriting } from "../../src/reading/writing.ts";

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
  const grey = new LazyGrey({ ...picture, channels: 4 });
  const sheet = findSheet(grey);
  if (sheet) add("findSheet", sheet, picture);
  const ink = findInk(grey);
  if (ink) add("findInk", ink.box, ink.map);
  const writing = findWriting(grey);
  if (writing) {
    add("findWriting", writing.region, picture);
    for (const piece of writing.pieces) add("findWriting", asBox(piece), writing.found.grey);
  }
  for (const { ink, segments } of latticesOf({ ...picture, channels: 4 })) {
    for (const piece of ink.pieces) add("deskew", asBox(piece), ink.map);
    for (const { found } of segments) add("listSegments", found.box, found.map);
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
