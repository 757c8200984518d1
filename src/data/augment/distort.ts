import { LeNetError } from "../../errors.ts";
import { type ImageShape, sizeOf } from "../../model/architecture.ts";
import type { Random } from "../../model/random.ts";
import { checkNumber, checkOptionNames, invalidOption } from "../../options.ts";
import { degrade } from "./degrade.ts";
import {
  type AffineLimits,
  type AffineMap,
  changeThickness,
  drawAffine,
  ElasticField,
} from "./warps.ts";

/** The limits of random distortions of training images. 0 turns a distortion off. */
export interface Distortions extends AffineLimits {
  /**
   * Elastic deformation: the standard deviation of the displacement at the grid points, as a share of half the width
   * (height) of the image.
   */
  readonly elastic: number;
  /** Stroke thickness: the largest weight of grey dilation or erosion, 0 to 1. */
  readonly thickness: number;
  /** Probability of a horizontal flip, 0 to 0.5. Default 0. */
  readonly flip?: number;
  /** Largest shift by whole pixels in each direction, as random crops of a padded image give. Default 0. */
  readonly crop?: number;
  /** Probability of a degradation: blur, noise, low contrast, strikethrough, …, 0 to 1. Default 0. */
  readonly degrade?: number;
  /** Multiplies all of the above, 0 to 1. */
  readonly strength: number;
}

/** Distortions for handwritten digits of 28×28 pixels. */
export const DIGIT_DISTORTIONS: Distortions = {
  rotation: 15,
  scale: 0.15,
  shear: 0.2,
  shift: 2.5,
  elastic: 0.05,
  thickness: 0.3,
  strength: 1,
};

/** Distortions for photos of 32×32 pixels: horizontal flips, and random crops of the image padded by 4 pixels. */
export const PHOTO_DISTORTIONS: Distortions = {
  rotation: 0,
  scale: 0,
  shear: 0,
  shift: 0,
  elastic: 0,
  thickness: 0,
  flip: 0.5,
  crop: 4,
  strength: 1,
};

/** Distortions for clothing of 28×28 pixels: horizontal flips, and random crops of the image padded by 2 pixels. */
export const ARTICLE_DISTORTIONS: Distortions = { ...PHOTO_DISTORTIONS, crop: 2 };

/** The upper end of the range of each option; the lower end is 0. */
const MAXIMA: Required<Distortions> = {
  rotation: 180,
  scale: 0.9,
  shear: 2,
  shift: 1000,
  elastic: 1,
  thickness: 1,
  flip: 0.5,
  crop: 1000,
  degrade: 1,
  strength: 1,
};

/**
 * Distorts images at random: flip and crop, then stroke thickness, then an affine map and an elastic deformation in one
 * bilinear resampling, then degradation. Pixels outside the image are 0. With strength 0 the values are unchanged,
 * exactly.
 *
 * @param images Images one after another, each [channels, height, width]: bytes 0 to 255, or floats 0 to 1.
 * @param shape The shape of one image.
 * @param distortions The limits, such as {@linkcode DIGIT_DISTORTIONS}.
 * @param random The random numbers; the same state gives the same images.
 * @param out Receives as many values, 0 to 1. It may be `images` itself.
 * @throws {LeNetError} `option/unknown` or `option/invalid` when a distortion is unknown or out of range;
 * `data/mismatch` when the arrays do not fit the shape.
 */
export function distort(
  images: Uint8Array | Float32Array,
  shape: ImageShape,
  distortions: Distortions,
  random: Random,
  out: Float32Array,
): void {
  checkDistortions(distortions);
  const size = sizeOf(shape);
  if (images.length % size !== 0 || out.length !== images.length) {
    throw new LeNetError(
      "data/mismatch",
      `Cannot distort images of shape [${shape}]: there are ${images.length} values and room for ${out.length}, expected the same multiple of ${size}`,
    );
  }
  const distorter = new Distorter(shape, distortions);
  for (let start = 0; start < images.length; start += size) {
    distorter.distort(images, random, out, start);
  }
}

/**
 * Checks that every distortion is known and in its range.
 *
 * @param distortions The distortions of the caller.
 * @throws {LeNetError} `option/unknown` or `option/invalid` for the first that is not.
 */
export function checkDistortions(distortions: Distortions): void {
  checkOptionNames("distort images", distortions, Object.keys(MAXIMA));
  const { flip = 0, crop = 0, degrade = 0 } = distortions;
  const all: Required<Distortions> = { ...distortions, flip, crop, degrade };
  for (const [name, maximum] of Object.entries(MAXIMA)) {
    checkNumber("distort images", name, all[name as keyof Distortions], {
      name: `0 to ${maximum}`,
      has: (value) => value >= 0 && value <= maximum,
    });
  }
  if (!Number.isInteger(crop)) {
    throw invalidOption("distort images", "crop", crop, "a whole number");
  }
}

/** Pixels of zeros around each channel: dilation may fill one, the other stays empty for the interpolation. */
const BORDER = 2;

/** Distorts images one by one, in the same buffers. */
class Distorter {
  readonly #shape: ImageShape;
  readonly #distortions: Distortions;
  readonly #paddedHeight: number;
  readonly #paddedWidth: number;
  readonly #padded: Float32Array;
  readonly #scratch: Float32Array;
  readonly #elastic: ElasticField;
  readonly #offsetX: Float32Array;
  readonly #offsetY: Float32Array;
  readonly #map: AffineMap = { xx: 1, xy: 0, yx: 0, yy: 1, dx: 0, dy: 0 };
  /** Whether values change, so that flips and crops alone are not enough. */
  readonly #resamples: boolean;
  #isMirrored = false;
  #right = 0;
  #down = 0;

  constructor(shape: ImageShape, distortions: Distortions) {
    const [, height, width] = shape;
    this.#shape = shape;
    this.#distortions = distortions;
    this.#paddedHeight = height + 2 * BORDER;
    this.#paddedWidth = width + 2 * BORDER;
    this.#padded = new Float32Array(this.#paddedHeight * this.#paddedWidth);
    this.#scratch = new Float32Array(this.#padded.length);
    this.#elastic = new ElasticField(height, width);
    this.#offsetX = new Float32Array(height * width);
    this.#offsetY = new Float32Array(height * width);
    const { rotation, scale, shear, shift, elastic, thickness, strength } = distortions;
    this.#resamples = strength * (rotation + scale + shear + shift + elastic + thickness) > 0;
  }

  distort(
    images: Uint8Array | Float32Array,
    random: Random,
    out: Float32Array,
    start: number,
  ): void {
    const [channels, height, width] = this.#shape;
    const { elastic, thickness, flip = 0, crop = 0, degrade: degradation = 0, strength } =
      this.#distortions;
    drawAffine(this.#distortions, strength, random, this.#map);
    const amount = strength * thickness * random.uniform(-1, 1);
    if (elastic > 0) {
      this.#elastic.draw(strength * elastic * width / 2, random, this.#offsetX);
      this.#elastic.draw(strength * elastic * height / 2, random, this.#offsetY);
    }
    if (flip > 0) this.#isMirrored = random.next() < strength * flip;
    if (crop > 0) {
      const limit = Math.round(strength * crop);
      this.#right = random.integer(2 * limit + 1) - limit;
      this.#down = random.integer(2 * limit + 1) - limit;
    }
    for (let c = 0; c < channels; c++) {
      const at = start + c * height * width;
      this.#pad(images, at);
      if (!this.#resamples) {
        this.#unpad(out, at);
        continue;
      }
      changeThickness(
        this.#padded,
        this.#paddedHeight,
        this.#paddedWidth,
        amount,
        this.#scratch,
      );
      this.#resample(out, at);
    }
    if (degradation > 0 && random.next() < strength * degradation) {
      for (let c = 0; c < channels; c++) {
        const at = start + c * height * width;
        degrade(out.subarray(at, at + height * width), width, random);
      }
    }
  }

  /** Copies one channel into the padded buffer, flipped and shifted. */
  #pad(images: Uint8Array | Float32Array, at: number): void {
    const [, height, width] = this.#shape;
    const white = images instanceof Uint8Array ? 255 : 1;
    const padded = this.#padded;
    const [right, down] = [this.#right, this.#down];
    const [first, last] = [Math.max(0, right), Math.min(width, width + right)];
    const step = this.#isMirrored ? -1 : 1;
    padded.fill(0);
    for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
      const to = (y + BORDER) * this.#paddedWidth + BORDER;
      const row = at + (y - down) * width;
      const from = this.#isMirrored ? row + width - 1 + right : row - right;
      for (let x = first; x < last; x++) padded[to + x] = images[from + step * x] / white;
    }
  }

  /** Copies the padded buffer to the output as it is. */
  #unpad(out: Float32Array, at: number): void {
    const [, height, width] = this.#shape;
    for (let y = 0; y < height; y++) {
      const from = (y + BORDER) * this.#paddedWidth + BORDER;
      out.set(this.#padded.subarray(from, from + width), at + y * width);
    }
  }

  /** Applies the affine map and the elastic deformation by bilinear interpolation. */
  #resample(out: Float32Array, at: number): void {
    const [, height, width] = this.#shape;
    const { xx, xy, yx, yy, dx, dy } = this.#map;
    const padded = this.#padded;
    const stride = this.#paddedWidth;
    const offsetX = this.#offsetX;
    const offsetY = this.#offsetY;
    const centerX = (width - 1) / 2;
    const centerY = (height - 1) / 2;
    // Just before the last column (row), so that the neighbour to the right (below) exists.
    const maxX = stride - 1 - 1e-9;
    const maxY = this.#paddedHeight - 1 - 1e-9;
    for (let y = 0; y < height; y++) {
      const fromCenterY = y - centerY;
      const rowX = xy * fromCenterY + dx + centerX + BORDER;
      const rowY = yy * fromCenterY + dy + centerY + BORDER;
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const fromCenterX = x - centerX;
        let sourceX = xx * fromCenterX + rowX + offsetX[i];
        let sourceY = yx * fromCenterX + rowY + offsetY[i];
        // Beyond the border everything is 0, as in the border.
        if (sourceX < 0) sourceX = 0;
        else if (sourceX > maxX) sourceX = maxX;
        if (sourceY < 0) sourceY = 0;
        else if (sourceY > maxY) sourceY = maxY;
        const left = sourceX | 0;
        const top = sourceY | 0;
        const shareX = sourceX - left;
        const shareY = sourceY - top;
        const p = top * stride + left;
        const upper = padded[p] + shareX * (padded[p + 1] - padded[p]);
        const lower = padded[p + stride] +
          shareX * (padded[p + stride + 1] - padded[p + stride]);
        out[at + i] = upper + shareY * (lower - upper);
      }
    }
  }
}
