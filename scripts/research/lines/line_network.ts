import { type SlidingNetwork, slidingNetwork } from "../../../src/engine/sliding.ts";
import type { Model } from "../../../src/model/model.ts";
import { LINE_HEIGHT } from "./line_images.ts";

/** The classes of the line network: ten digits, and the blank. */
export const LINE_CLASSES = 11;

/**
 * Slides the network over a line: its window is as wide as the line is high.
 *
 * @param model The line network, which takes one window.
 * @param width The width of the line, in pixels.
 * @returns The network for the line. Its logits are those of all steps, class by class.
 */
export function slideOverLine(
  { architecture, parameters }: Pick<Model, "architecture" | "parameters">,
  width: number,
): SlidingNetwork {
  // The network has no padding and no layer that tells the places of its window apart.
  return slidingNetwork(architecture, parameters, [LINE_HEIGHT, width]) as SlidingNetwork;
}
