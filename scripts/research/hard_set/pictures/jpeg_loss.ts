import * as math from "../../../../src/model/math.ts";
import type { RgbaPicture } from "./picture.ts";

/** The luminance quantization table at quality 50 (ITU-T T.81, Annex K, table K.1). */
const LUMA = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();

/** The chrominance quantization table at quality 50 (table K.2). */
const CHROMA = [
  [17, 18, 24, 47, 99, 99, 99, 99],
  [18, 21, 26, 66, 99, 99, 99, 99],
  [24, 26, 56, 99, 99, 99, 99, 99],
  [47, 66, 99, 99, 99, 99, 99, 99],
  ...Array.from({ length: 4 }, () => new Array<number>(8).fill(99)),
].flat();

/** The orthonormal 8-point DCT-II matrix: a row for each frequency, a column for each sample. */
const COSINES = Float32Array.from({ length: 64 }, (_, i) => {
  const [frequency, place] = [i >> 3, i & 7];
  const size = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return size * math.cos((2 * place + 1) * frequency * Math.PI / 16);
});

/**
 * Applies the loss of baseline JPEG: conversion to YCbCr, 4:2:0 chroma subsampling, and quantization of the DCT
 * coefficients of 8×8 blocks. Entropy coding, the rest of JPEG, is lossless and left out.
 *
 * @param picture The picture, opaque.
 * @param quality 1 to 100, on the scale of the Independent JPEG Group.
 * @returns A new picture.
 */
export function jpegLoss({ data, width, height }: RgbaPicture, quality: number): RgbaPicture {
  const factor = (quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100;
  const steps = (table: readonly number[]): Float32Array =>
    Float32Array.from(table, (step) => Math.min(255, Math.max(1, Math.floor(step * factor + 0.5))));

  // Padded to whole blocks of luma and chroma by replicating the edge pixels.
  const fullWidth = Math.ceil(width / 16) * 16;
  const fullHeight = Math.ceil(height / 16) * 16;
  const half = fullWidth / 2;
  const luma = new Float32Array(fullWidth * fullHeight);
  const blue = new Float32Array(luma.length / 4);
  const red = new Float32Array(luma.length / 4);
  for (let y = 0; y < fullHeight; y++) {
    const row = Math.min(y, height - 1) * width;
    for (let x = 0; x < fullWidth; x++) {
      const from = 4 * (row + Math.min(x, width - 1));
      const [r, g, b] = [data[from], data[from + 1], data[from + 2]];
      luma[y * fullWidth + x] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
      const at = (y >> 1) * half + (x >> 1);
      blue[at] += (-0.168736 * r - 0.331264 * g + 0.5 * b) / 4;
      red[at] += (0.5 * r - 0.418688 * g - 0.081312 * b) / 4;
    }
  }
  quantizeBlocks(luma, fullWidth, steps(LUMA));
  const chroma = steps(CHROMA);
  quantizeBlocks(blue, half, chroma);
  quantizeBlocks(red, half, chroma);

  const out = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = luma[y * fullWidth + x] + 128;
      const at = (y >> 1) * half + (x >> 1);
      const to = 4 * (y * width + x);
      out[to] = light + 1.402 * red[at];
      out[to + 1] = light - 0.344136 * blue[at] - 0.714136 * red[at];
      out[to + 2] = light + 1.772 * blue[at];
      out[to + 3] = 255;
    }
  }
  return { data: out, width, height };
}

/** Transforms each 8×8 block of a plane, quantizes its coefficients, and transforms it back, in place. */
function quantizeBlocks(plane: Float32Array, width: number, steps: Float32Array): void {
  const block = new Float32Array(64);
  const other = new Float32Array(64);
  for (let top = 0; top < plane.length; top += 8 * width) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) block[i] = plane[top + (i >> 3) * width + left + (i & 7)];
      transform(block, other);
      transform(other, block);
      let flat = true;
      for (let i = 0; i < 64; i++) {
        block[i] = Math.round(block[i] / steps[i]) * steps[i];
        if (i > 0 && block[i] !== 0) flat = false;
      }
      if (flat) block.fill(block[0] / 8);
      else {
        transformBack(block, other);
        transformBack(other, block);
      }
      for (let i = 0; i < 64; i++) plane[top + (i >> 3) * width + left + (i & 7)] = block[i];
    }
  }
}

/** The DCT of each row, transposed, so that a second call transforms the columns. */
function transform(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 64; row += 8) {
    for (let frequency = 0; frequency < 8; frequency++) {
      const at = 8 * frequency;
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += COSINES[at + i] * from[row + i];
      to[at + (row >> 3)] = sum;
    }
  }
}

/** The inverse DCT of each row, transposed. */
function transformBack(from: Float32Array, to: Float32Array): void {
  for (let row = 0; row < 64; row += 8) {
    for (let place = 0; place < 8; place++) {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += COSINES[8 * i + place] * from[row + i];
      to[8 * place + (row >> 3)] = sum;
    }
  }
}
