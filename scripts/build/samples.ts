import { encode } from "fast-png";
import { runCommand } from "../../src/cli/command.ts";
import { renderSyntheticDigit } from "../../src/data/synthetic/digits.ts";
import { Random } from "../../src/model/random.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** What is written with on what. */
const MATERIALS: readonly { ink: Colour; ground: Colour }[] = [
  { ink: [25, 25, 30], ground: [255, 255, 255] },
  { ink: [20, 40, 140], ground: [250, 246, 230] },
  { ink: [245, 245, 240], ground: [30, 70, 50] },
  { ink: [170, 30, 30], ground: [235, 238, 242] },
  { ink: [255, 220, 90], ground: [15, 15, 20] },
];

await runCommand({
  name: "samples",
  summary: "Draws the sample pictures, scripts/samples/<digit>.png and numbers/90210.png.",
  details: "Each is ink on paper or chalk on a board, of another size and in another place.",
  flags: {},
  run: drawSamples,
});

function drawSamples(): Promise<void> {
  for (let digit = 0; digit < 10; digit++) {
    write(String(digit), sample(digit, new Random(digit + 20)));
  }
  write("numbers/90210", numberSample([9, 0, 2, 1, 0], new Random(5)));
  return Promise.resolve();
}

function write(name: string, png: Uint8Array): void {
  Deno.writeFileSync(new URL(`../samples/${name}.png`, import.meta.url), png);
}

function sample(digit: number, random: Random): Uint8Array {
  const side = 60 + random.integer(140);
  const [width, height] = [side + random.integer(120), side + random.integer(60)];
  const [left, top] = [random.integer(width - side + 1), random.integer(height - side + 1)];
  const strokes = renderSyntheticDigit(digit, random, { side });
  return draw([{ strokes, side, left, top }], width, height, MATERIALS[digit % MATERIALS.length]);
}

/** Digits side by side, each a little higher or lower than the one before. */
function numberSample(digits: readonly number[], random: Random): Uint8Array {
  const [side, pitch, margin] = [120, 92, 60];
  const drawn = digits.map((digit, n) => ({
    strokes: renderSyntheticDigit(digit, random, { side }),
    side,
    left: margin + n * pitch,
    top: margin + random.integer(12),
  }));
  const width = 2 * margin + pitch * (digits.length - 1) + side;
  return draw(drawn, width, 2 * margin + side, MATERIALS[1]);
}

/** A digit in a picture. */
interface Drawn {
  /** How much ink each pixel is, 0 to 1. */
  readonly strokes: Float32Array;
  readonly side: number;
  readonly left: number;
  readonly top: number;
}

function draw(
  digits: readonly Drawn[],
  width: number,
  height: number,
  { ink, ground }: typeof MATERIALS[number],
): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = Math.max(
        ...digits.map(({ strokes, side, left, top }) => {
          const inside = x >= left && x < left + side && y >= top && y < top + side;
          return inside ? strokes[(y - top) * side + x - left] : 0;
        }),
      );
      for (let c = 0; c < 3; c++) {
        data[(y * width + x) * 3 + c] = Math.round(ground[c] + share * (ink[c] - ground[c]));
      }
    }
  }
  return encode({ width, height, data, channels: 3, depth: 8 });
}
