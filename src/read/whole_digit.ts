import { keptRunner } from "../engine/kept_runner.ts";
import { softmax } from "../engine/softmax.ts";
import type { Lattice } from "./lattice.ts";
import { segmentWindows } from "./segment_window.ts";
import type { Segment } from "./segments.ts";

/** A segment, and what is thought of it. */
export interface Candidate {
  readonly segment: Segment;
  /** The logarithm of its odds to be one whole digit: 0 is as likely as not. */
  readonly odds: number;
  /** The probability of each digit, if it is one. */
  readonly digits: Float32Array;
}

/** The classes of the network: ten digits, and what is no whole digit. */
const DIGITS = 10;
const CLASSES = DIGITS + 1;

const network = keptRunner(() => import("@x/lenet-weights/whole-digit"));

/**
 * How likely each segment of a line is one whole digit, and which, as a small network says that has seen many lines
 * taken apart in right and in wrong ways. It sees a segment beside its neighbours, and is loaded with the first line.
 *
 * @param lattice The line.
 * @returns The segments in their order.
 * @throws {LeNetError} `backend/unavailable` when the network cannot be started here.
 */
export async function findWholeDigits(lattice: Lattice): Promise<Candidate[]> {
  const { segments } = lattice;
  const logits = await (await network()).logits(segmentWindows(lattice), segments.length);
  return segments.map((segment, n) => {
    const own = logits.subarray(n * CLASSES, (n + 1) * CLASSES);
    const digits = own.subarray(0, DIGITS);
    return { segment, odds: logSumExp(digits) - own[DIGITS], digits: softmax(digits) };
  });
}

function logSumExp(values: Float32Array): number {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
