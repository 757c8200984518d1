/**
 * The weight of a sample in cubic interpolation (R. Keys, "Cubic convolution interpolation", 1981, a = −1/2).
 *
 * @param distance How far away the sample is, in steps between samples, from 0.
 * @returns The weight: 1 at 0, and 0 at 1 and from 2 on.
 */
export function keys(distance: number): number {
  if (distance >= 2) return 0;
  return distance < 1
    ? (1.5 * distance - 2.5) * distance ** 2 + 1
    : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
}
