import { assertEquals } from "@std/assert";
import { corruptDataset, CORRUPTIONS } from "../../../scripts/research/corruptions/corruptions.ts";
import { KINDS, TIMED_KINDS } from "../../../scripts/research/hard_set/kinds.ts";
import { makeTrial } from "../../../scripts/research/hard_set/measure.ts";
import { photoCutout, solidPicture } from "../../../scripts/research/hard_set/pictures/objects.ts";
import { takeDataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/model/random.ts";
import { DIGITS, PHOTOS } from "./digits.ts";

/** Hashes of the pictures of each kind. */
const PICTURES: Readonly<Record<string, string>> = {
  plain: "e47f4ea7125636bd",
  "plain-png": "6b3695df61fa404c",
  enlarged: "c60755dc0d75f204",
  size: "a679f6fe996ae70e",
  position: "1d29c57e9b4f64d4",
  polarity: "af72ae5e2adf2963",
  colour: "2a9942707dd9ec40",
  gradient: "04d88a6848bea4d5",
  shadow: "deb6033af1f2a4b3",
  ruled: "84d06df9e42a4bab",
  squared: "6c724e53d0d6f85f",
  blur: "772ab4a9d69b887e",
  noise: "04229324541c89ca",
  jpeg: "fa3159eb8cdc3a57",
  thin: "864661ab36d068da",
  thick: "2f2d5a0a434a78de",
  rotation: "73b3ffab6094e1b8",
  perspective: "0250c8e1d2bb8185",
  mixed: "f1379512908d43a1",
  "one-pixel": "117441c458259c92",
  marker: "d39db88eae99af64",
  underlined: "693c586e8f82e850",
  boxed: "bbcdeea46b955f0d",
  circled: "3b5b2be12e41876b",
  combed: "44907f307e79bb54",
  tiny: "e08372fbedf3ac5c",
  screenshot: "d2363a2955dcfe9b",
  "standing-on-rule": "97c5a077e6004e48",
  separated: "6c71b607273bb4ad",
  touching: "7254871886abf041",
  lines: "aac7efbe8b726bc2",
  "touching-known": "7254871886abf041",
  "nothing-read": "f7b27b1b628f287d",
  fashion: "f287c40cc996fa54",
  "fashion-enlarged": "5e0c2d5912e2140d",
  letters: "9f53b3e578bb164e",
  symbols: "f5519a02a833e0d8",
  scribbles: "7b7c396d56f40530",
  static: "1d4cd3730facfc99",
  blank: "e8d4633efb2314cd",
  cells: "e09e02ee5bcaedb7",
  punctuation: "c7effb64bf6c0739",
  text: "b99299f7c36be0cc",
  several: "861c5ef78c1680ff",
  parts: "b5675b6335785e02",
};

/** Hashes of the digits with each corruption of MNIST-C. */
const CORRUPTED: Readonly<Record<string, string>> = {
  "shot-noise": "badb7e2ecbbdfd56",
  "impulse-noise": "c1c1bc96ee155501",
  "glass-blur": "de327754a5f38ae7",
  "motion-blur": "6efe51a5e717313f",
  shear: "439c3fbe90336fc1",
  scale: "01bd474acab89f8b",
  rotate: "e04f4032daeab01c",
  brightness: "2e9058cbe36901bf",
  translate: "30bf7cc8b2e89a29",
  stripe: "6bcd36c8f80f8d83",
  fog: "d883e82f9e613619",
  spatter: "e6d40b687cef3d4e",
  "dotted-line": "1d06a7f6f253d55d",
  zigzag: "615b29791699bbdf",
  "canny-edges": "9edfbc72273620d5",
};

/** Enough pictures of each kind that the branches of its random choices are among them. */
const COUNT = 10;

/** The first half of a SHA-256, in hexadecimal. */
async function hashOf(parts: readonly (Uint8Array | Uint8ClampedArray)[]): Promise<string> {
  const bytes = await new Blob(parts.map((part) => part.slice())).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("makeTrial makes the same bytes of each kind as before", async () => {
  const sources = { digits: DIGITS, clothing: DIGITS, seed: 0 };
  const counted = KINDS.filter((kind) => !TIMED_KINDS.some((name) => name === kind));
  const hashes: Record<string, string> = {};
  for (const kind of counted) {
    const trials = Array.from({ length: COUNT }, (_, n) => makeTrial(kind, n, COUNT, sources));
    hashes[kind] = await hashOf(trials.map(({ picture }) => picture.data));
  }
  assertEquals(hashes, PICTURES);
});

Deno.test("corruptDataset makes the same bytes of each corruption as before", async () => {
  const digits = takeDataset(DIGITS, COUNT);
  const hashes: Record<string, string> = {};
  for (const name of Object.keys(CORRUPTIONS)) {
    hashes[name] = await hashOf([corruptDataset(digits, name, 0).images]);
  }
  assertEquals(hashes, CORRUPTED);
});

Deno.test("solidPicture and photoCutout make the same bytes as before", async () => {
  const random = new Random(1);
  const solids = Array.from({ length: COUNT }, () => solidPicture(random));
  const things = Array.from({ length: COUNT }, () => photoCutout(PHOTOS, random));
  assertEquals([await hashOf(solids), await hashOf(things)], [
    "22850f01f2e6585c",
    "b0cb2e4248ee980e",
  ]);
});
