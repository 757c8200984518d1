import { encode } from "fast-png";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import { prepareDigit } from "../../../scripts/research/shared/prepare_digit.ts";
import { Random } from "../../../src/model/random.ts";

/** A body, and what it is said to be. */
export interface Body {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The side of the pictures, in pixels. */
const SIDE = 200;

/** How many different bodies of each kind are sent, in turn. */
const COUNT = 50;

const encoder = new TextEncoder();

/** Digits as people send them: 28×28 pixels as MNIST has them in JSON, and PNGs of 200×200 drawn black on white. */
export async function digitBodies(): Promise<{ readonly pixels: Body[]; readonly png: Body[] }> {
  const { images } = syntheticDigits({ count: COUNT, seed: 7 });
  const pixels: Body[] = [];
  const png: Body[] = [];
  for (let n = 0; n < COUNT; n++) {
    const digit = images.subarray(n * 784, (n + 1) * 784);
    const { pixels: prepared } = await prepareDigit(digit);
    const levels = Array.from(prepared, (value) => Math.round(255 * value));
    pixels.push({
      type: "application/json",
      bytes: encoder.encode(JSON.stringify(levels)),
    });
    png.push({ type: "image/png", bytes: drawing(digit) });
  }
  return { pixels, png };
}

/** A digit in the middle of a white sheet, enlarged with soft edges. */
function drawing(digit: Uint8Array): Uint8Array {
  const data = new Uint8Array(SIDE * SIDE).fill(255);
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x > 27 || y > 27 ? 0 : digit[28 * y + x];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [x * 28 / SIDE - 0.5, y * 28 / SIDE - 0.5];
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const [right, down] = [u - left, v - top];
      const upper = at(left, top) * (1 - right) + at(left + 1, top) * right;
      const lower = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
      data[SIDE * y + x] = 255 - Math.round(upper * (1 - down) + lower * down);
    }
  }
  return encode({ width: SIDE, height: SIDE, data, channels: 1, depth: 8 });
}

/** Bodies that nothing can be made of: damaged pictures, noise, wrong types, broken JSON and forms, lies about sizes. */
export async function garbageBodies(): Promise<Body[]> {
  const random = new Random(11);
  const noise = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => random.integer(256));
  const { pixels, png } = await digitBodies();
  const bodies: Body[] = [];
  for (let n = 0; n < COUNT; n++) {
    const picture = png[n].bytes;
    const cut = picture.subarray(0, 8 + random.integer(picture.length - 60));
    const bent = picture.slice();
    bent[16 + random.integer(bent.length - 30)] ^= 0x55;
    const vast = picture.slice();
    vast.set([0x7f, 0xff, 0xff, 0xff], 16);
    const json = pixels[n].bytes;
    const form = encoder.encode(
      '--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx',
    );
    bodies.push(
      { type: "image/png", bytes: cut },
      { type: "image/png", bytes: bent },
      { type: "image/png", bytes: vast },
      { type: "image/jpeg", bytes: Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, ...noise(300)) },
      { type: "image/gif", bytes: Uint8Array.of(...encoder.encode("GIF89a"), ...noise(300)) },
      { type: "image/bmp", bytes: Uint8Array.of(0x42, 0x4d, ...noise(300)) },
      { type: "image/webp", bytes: noise(2000) },
      { type: "application/octet-stream", bytes: noise(783) },
      { type: "application/json", bytes: json.subarray(0, json.length - 1) },
      { type: "application/json", bytes: encoder.encode("[".repeat(5000)) },
      { type: "application/json", bytes: encoder.encode('"http://127.0.0.1/a.png"') },
      { type: "application/json", bytes: encoder.encode(`[${"256,".repeat(783)}1]`) },
      { type: "multipart/form-data; boundary=b", bytes: form },
      { type: "multipart/form-data; boundary=b", bytes: encoder.encode("--b\r\n".repeat(10_000)) },
      { type: "text/plain", bytes: noise(500) },
    );
  }
  return bodies;
}
