import type { GreyImage, Pixels } from "../image.ts";
import { lumaOf, sampleColours } from "./grey.ts";

/** Colours that differ by less than this from grey, in standard deviations on the scale of bytes, are noise. */
const MIN_DEVIATION = 3;

/** The scale on which colour differences become brightness: two standard deviations to either side fill it. */
const DEVIATIONS = 2;

/**
 * Converts differences in colour to brightness, so that ink shows that is as bright as its paper, such as red on green.
 * Each pixel is projected on the axis along which the colours of the picture differ most, brightness apart: the first
 * principal component of R − Y and B − Y.
 *
 * @param pixels The picture, in RGBA.
 * @returns The picture, reduced to at most 800 pixels; `undefined` where it is grey.
 */
export function chromaOf(pixels: Pixels): GreyImage | undefined {
  const { data: bytes, width: columns, height: rows } = sampleColours(pixels);
  if (columns === 0 || rows === 0) return undefined;
  const count = columns * rows;
  const red = new Float32Array(count);
  const blue = new Float32Array(count);
  let [sumR, sumB, sumRR, sumRB, sumBB] = [0, 0, 0, 0, 0];
  for (let i = 0, at = 0; i < count; i++, at += 4) {
    const luma = lumaOf(bytes, at);
    const isClear = bytes[at + 3] === 0;
    const r = red[i] = isClear ? 0 : bytes[at] - luma;
    const b = blue[i] = isClear ? 0 : bytes[at + 2] - luma;
    sumR += r;
    sumB += b;
    sumRR += r * r;
    sumRB += r * b;
    sumBB += b * b;
  }
  const [meanR, meanB] = [sumR / count, sumB / count];
  const a = sumRR / count - meanR * meanR;
  const b = sumRB / count - meanR * meanB;
  const d = sumBB / count - meanB * meanB;
  // The larger eigenvalue of the covariance [[a, b], [b, d]], and its eigenvector.
  const half = (a - d) / 2;
  const root = Math.sqrt(half * half + b * b);
  const variance = (a + d) / 2 + root;
  if (variance < MIN_DEVIATION * MIN_DEVIATION) return undefined;
  const [u, v] = half >= 0 ? [half + root, b] : [b, root - half];
  const length = Math.sqrt(u * u + v * v);
  const scale = 127.5 / (DEVIATIONS * Math.sqrt(variance) * length);
  const grey = new Uint8ClampedArray(count);
  for (let i = 0; i < count; i++) {
    grey[i] = 127.5 + scale * (u * (red[i] - meanR) + v * (blue[i] - meanB));
  }
  return { data: grey, width: columns, height: rows };
}
