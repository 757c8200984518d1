/**
 * The fifteen corruptions of MNIST-C (N. Mu and J. Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision",
 * 2019), as severe as in its static test set. They are written from their description, and take their chance from the
 * project's own generator: their pictures are like those of MNIST-C, not the same.
 *
 * @module
 */

import { brightness } from "./brightness.ts";
import { cannyEdges } from "./canny_edges.ts";
import type { Corruption } from "./corruption.ts";
import { dottedLine } from "./dotted_line.ts";
import { fog } from "./fog.ts";
import { glassBlur } from "./glass_blur.ts";
import { impulseNoise } from "./impulse_noise.ts";
import { motionBlur } from "./motion_blur.ts";
import { rotate } from "./rotate.ts";
import { scale } from "./scale.ts";
import { shear } from "./shear.ts";
import { shotNoise } from "./shot_noise.ts";
import { spatter } from "./spatter.ts";
import { stripe } from "./stripe.ts";
import { translate } from "./translate.ts";
import { zigzag } from "./zigzag.ts";

/** All of them by name, in the order of the paper. */
export const CORRUPTIONS: Readonly<Record<string, Corruption>> = {
  "shot-noise": shotNoise,
  "impulse-noise": impulseNoise,
  "glass-blur": glassBlur,
  "motion-blur": motionBlur,
  "shear": shear,
  "scale": scale,
  "rotate": rotate,
  "brightness": brightness,
  "translate": translate,
  "stripe": stripe,
  "fog": fog,
  "spatter": spatter,
  "dotted-line": dottedLine,
  "zigzag": zigzag,
  "canny-edges": cannyEdges,
};
