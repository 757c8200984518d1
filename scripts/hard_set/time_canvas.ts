import { drawPaths } from "../../src/data/pen.ts";
import { SKELETONS } from "../../src/data/skeletons.ts";
import type { LeNet } from "../../src/lenet.ts";
import { Random } from "../../src/model/random.ts";
import { fitPaths, writeStrokes } from "./hand.ts";
import { paint, paperOf } from "./paint.ts";
import { type RgbaPicture, toRgba } from "./rgba_picture.ts";

/** Columns and rows of the canvas. */
const SIDE = 280;

const DRAWINGS = 50;
const CALLS = 2000;

/**
 * Times answers to drawings on a canvas of 280×280 pixels, by pens of 15 to 20 pixels.
 *
 * @param net The network.
 * @returns The median of many calls, the first ones left out, in milliseconds.
 */
export async function timeCanvas(net: LeNet): Promise<number> {
  const random = new Random(1);
  const drawings = Array.from({ length: DRAWINGS }, (_, n) => canvasDrawing(n % 10, random));
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const started = performance.now();
    await net.classify(drawings[call % DRAWINGS]);
    times.push(performance.now() - started);
  }
  const warm = times.slice(CALLS / 10).sort((a, b) => a - b);
  return warm[warm.length >> 1];
}

function canvasDrawing(digit: number, random: Random): RgbaPicture {
  const { strokes, aspect } = SKELETONS[digit][0];
  const length = random.uniform(150, 220);
  const place = (): number => (SIDE - length) / 2;
  const paths = fitPaths(writeStrokes(strokes, aspect, random), length, place(), place());
  const ink = { data: new Float32Array(SIDE * SIDE), width: SIDE, height: SIDE };
  drawPaths(paths, { radius: random.uniform(7.5, 10), softness: 1 }, ink.data, SIDE);
  const [ground, colour] = random.next() < 0.5 ? [0, 255] : [255, 0];
  const photo = paperOf(SIDE, SIDE, [ground, ground, ground]);
  paint(photo, ink, [colour, colour, colour]);
  return toRgba(photo);
}
