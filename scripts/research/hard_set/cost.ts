import type { Dataset } from "../../../src/data/dataset.ts";
import { drawPaths } from "../../../src/data/synthetic/digits.ts";
import { SKELETONS } from "../../../src/data/synthetic/skeletons.ts";
import { decodeJpeg } from "../../../src/image/decode/jpeg.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { Random } from "../../../src/model/random.ts";
import { importPackage } from "../../../src/packages.ts";
import type { PhotoCost } from "./photo_cost.ts";
import { fitPaths, writeStrokes } from "./pictures/drawing.ts";
import { takePicture } from "./pictures/hard_picture.ts";
import { compose, scale, translate } from "./pictures/homography.ts";
import { blankPaper, type Coverage, paint, type RgbaPicture, toRgba } from "./pictures/picture.ts";
import { cleanPlan } from "./pictures/plan.ts";
import { digitShape, drawShape } from "./pictures/shape.ts";

/** Columns and rows of the photo: 12 megapixels, as phones take. */
const [WIDTH, HEIGHT] = [4000, 3000];

/**
 * Measures the time and memory of reading a photo of 12 megapixels, in a process of its own.
 *
 * @param digit The digit on it: 28×28 bytes, ink 255.
 */
export async function measurePhoto(digit: Uint8Array): Promise<PhotoCost> {
  const folder = await Deno.makeTempDir();
  try {
    const [small, large] = [`${folder}/small.jpg`, `${folder}/large.jpg`];
    await Deno.writeFile(small, await photoJpeg(digit, 200, 150, new Random(1)));
    await Deno.writeFile(large, await photoJpeg(digit, WIDTH, HEIGHT, new Random(2)));
    const pixels = `${folder}/large.rgba`;
    await Deno.writeFile(
      pixels,
      new Uint8Array((await decodeJpeg(await Deno.readFile(large))).data),
    );
    const script = new URL("./photo_cost.ts", import.meta.url).pathname;
    // A child inherits the peak memory of its parent: the shell in between has a small one.
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: [
        ...["-c", '"$@"; exit $?', "sh", Deno.execPath()],
        ...["run", "-q", "--no-prompt", "--allow-read", script],
        ...[small, large, pixels, `${WIDTH}`, `${HEIGHT}`],
      ],
    }).output();
    const text = new TextDecoder();
    if (code !== 0) throw new Error(`Cannot measure the photo: ${text.decode(stderr)}`);
    return JSON.parse(text.decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Columns and rows of the canvas. */
const SIDE = 280;

const DRAWINGS = 50;

const CALLS = 2000;

/**
 * Times `classify` on drawings on a canvas of 280×280 pixels with a pen of 15 to 20 pixels.
 *
 * @returns The median in milliseconds; the first tenth of the calls is warm-up.
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

/** Columns and rows of the picture of a line, and the digits on it. */
const [LINE_COLUMNS, LINE_ROWS, LINE_DIGITS] = [600, 80, 8];

const LINES = 20;

const READINGS = 400;

/**
 * Times `read` on pictures of 600×80 pixels with eight digits 50 pixels high.
 *
 * @param net The network.
 * @param digits Digits of MNIST's form.
 * @returns The median in milliseconds; the first tenth of the calls is warm-up.
 */
export async function timeLine(net: LeNet, { images }: Dataset): Promise<number> {
  const pictures = Array.from({ length: LINES }, (_, n) => {
    const ink: Coverage = {
      data: new Float32Array(LINE_COLUMNS * LINE_ROWS),
      width: LINE_COLUMNS,
      height: LINE_ROWS,
    };
    for (let i = 0; i < LINE_DIGITS; i++) {
      const at = 784 * (LINE_DIGITS * n + i);
      const shape = digitShape(images.subarray(at, at + 784));
      drawShape(shape, compose(translate(2 + 74 * i, 5), scale(2.5)), ink);
    }
    const photo = blankPaper(LINE_COLUMNS, LINE_ROWS, [240, 240, 240]);
    paint(photo, ink, [20, 20, 40]);
    return toRgba(photo);
  });
  const times: number[] = [];
  for (let call = 0; call < READINGS; call++) {
    const started = performance.now();
    await net.read(pictures[call % LINES]);
    times.push(performance.now() - started);
  }
  const warm = times.slice(READINGS / 10).sort((a, b) => a - b);
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
  const photo = blankPaper(SIDE, SIDE, [ground, ground, ground]);
  paint(photo, ink, [colour, colour, colour]);
  return toRgba(photo);
}

/** The part of `@jsquash/jpeg/encode.js` that is used. */
interface JpegEncoder {
  default(picture: RgbaPicture, options: Record<string, unknown>): Promise<ArrayBuffer>;
}

/** Renders a photo of a digit on squared paper, and encodes it as a JPEG of quality 90. */
async function photoJpeg(
  digit: Uint8Array,
  width: number,
  height: number,
  random: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const plan = {
    ...cleanPlan(random),
    width,
    height,
    rotation: 3,
    rulings: { squared: true, strength: 0.5 },
    gradient: 1.5,
    noise: 0.3,
  };
  const picture = takePicture(digit, plan, random);
  const encoder = await importPackage("@jsquash/jpeg", "1.6.0", "/encode.js") as JpegEncoder;
  const options = { quality: 90, progressive: false };
  return new Uint8Array(await encoder.default(picture, options));
}
