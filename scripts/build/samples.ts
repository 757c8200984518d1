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
  summary: "Draws the sample pictures of the demo, scripts/samples/<digit>.png.",
  details: "Each is ink on paper or chalk on a board, of another size and in another place.",
  flags: {},
  run: drawSamples,
});

function drawSamples(): Promise<void> {
  for (let digit = 0; digit < 10; digit++) {
    const file = new URL(`../samples/${digit}.png`, import.meta.url);
    Deno.writeFileSync(file, sample(digit, new Random(digit + 20)));
  }
  return Promise.resolve();
}

function sample(digit: number, random: Random): Uint8Array {
  const side = 60 + random.integer(140);
  const [width, height] = [side + random.integer(120), side + random.integer(60)];
  const [left, top] = [random.integer(width - side + 1), random.integer(height - side + 1)];
  const strokes = renderSyntheticDigit(digit, random, { side });
  const { ink, ground } = MATERIALS[digit % MATERIALS.length];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= left && x < left + side && y >= top && y < top + side;
      const share = inside ? strokes[(y - top) * side + x - left] : 0;
      for (let c = 0; c < 3; c++) {
        data[(y * width + x) * 3 + c] = Math.round(ground[c] + share * (ink[c] - ground[c]));
      }
    }
  }
  return encode({ width, height, data, channels: 3, depth: 8 });
}
