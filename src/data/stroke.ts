/**
 * Makes strokes thicker or thinner: blends a picture with its grey dilation (each pixel takes the largest value of
 * its 3×3 neighbourhood) or its grey erosion (the smallest).
 *
 * @param image One channel, changed in place: rows of `width` values, with a border that is not looked at.
 * @param height Rows, the border included.
 * @param width Columns, the border included.
 * @param amount From −1, eroded, over 0, unchanged, to 1, dilated.
 * @param scratch Room for as many values as the image has.
 */
export function changeThickness(
  image: Float32Array,
  height: number,
  width: number,
  amount: number,
  scratch: Float32Array,
): void {
  const sign = amount < 0 ? -1 : 1;
  const share = Math.abs(amount);
  if (share === 0) return;
  // The smallest of some values is the largest of their negatives, negated.
  for (let i = 1; i < height * width - 1; i++) {
    const middle = sign * image[i];
    const left = sign * image[i - 1];
    const right = sign * image[i + 1];
    const larger = left > right ? left : right;
    scratch[i] = middle > larger ? middle : larger;
  }
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const above = scratch[i - width];
      const below = scratch[i + width];
      const larger = above > below ? above : below;
      const extreme = sign * (scratch[i] > larger ? scratch[i] : larger);
      image[i] += share * (extreme - image[i]);
    }
  }
}
