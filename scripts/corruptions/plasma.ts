import type { Random } from "../../src/model/random.ts";

/**
 * Heights like those of clouds, by diamonds and squares (Fournier, Fussell and Carpenter, 1982): halfway between known
 * points the mean of the four around, and a random step that shrinks with every halving. The right edge goes on at the
 * left, the lower at the upper.
 *
 * @param side How many points across and down: a power of two.
 * @param decay By how much the steps shrink with every halving: more is smoother.
 * @param random Where chance comes from.
 * @returns The heights row by row, the lowest 0, the highest 1.
 */
export function plasma(side: number, decay: number, random: Random): Float64Array<ArrayBuffer> {
  const heights = new Float64Array(side * side);
  const last = side - 1;
  const at = (x: number, y: number): number => heights[(y & last) * side + (x & last)];
  let most = 1;
  for (let step = side; step > 1; step /= 2) {
    const half = step / 2;
    for (let y = half; y < side; y += step) {
      for (let x = half; x < side; x += step) {
        const corners = at(x - half, y - half) + at(x + half, y - half) +
          at(x - half, y + half) + at(x + half, y + half);
        heights[y * side + x] = corners / 4 + random.uniform(-most, most);
      }
    }
    for (let y = 0; y < side; y += half) {
      for (let x = y % step === 0 ? half : 0; x < side; x += step) {
        const sides = at(x - half, y) + at(x + half, y) + at(x, y - half) + at(x, y + half);
        heights[y * side + x] = sides / 4 + random.uniform(-most, most);
      }
    }
    most /= decay;
  }
  let [low, high] = [Infinity, -Infinity];
  for (const height of heights) {
    if (height < low) low = height;
    if (height > high) high = height;
  }
  return heights.map((height) => (height - low) / (high - low));
}
