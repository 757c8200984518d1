// The gradient of a convolution whose outputs go through 2×2 max pooling, with a ReLU between them or without.
//
// At most one output in four has any gradient, and fewer with a ReLU: of each block the first maximum, row by row, and
// none where that is not above `least`. Images are [height, width, channels], as in tfjs, with the convolution's padding
// around `x` and `dx`. A row of a filter lies together, filled up with zeros to `rowVectors` vectors of four numbers; it
// is met by as many numbers of the input, of which the last may belong to what comes after.
export function backward(
  count: i32,
  x: usize,
  // From one row and one image of `x` and `dx` to the next, in bytes.
  xRow: usize,
  xImage: usize,
  // What came out of the convolution: outHeight × outWidth × filters for each image.
  y: usize,
  outHeight: i32,
  outWidth: i32,
  filters: i32,
  channels: i32,
  kernel: i32,
  rowVectors: i32,
  least: f32,
  // The gradient of what came out of the pooling.
  dy: usize,
  // The filters, and the gradients that are added to: of the filters, one number for each filter, and of the input,
  // which is not asked for when it is 0.
  rows: usize,
  rowsGradient: usize,
  biasGradient: usize,
  dx: usize,
): void {
  const pixel = (<usize> channels) << 2;
  const outPixel = (<usize> filters) << 2;
  const outRow = outPixel * <usize> outWidth;
  const filterSize = (<usize> (kernel * rowVectors)) << 4;
  const rowSize = (<usize> rowVectors) << 4;
  for (let n = 0; n < count; n++) {
    for (let row = 0; row + 1 < outHeight; row += 2) {
      let block = y + <usize> row * outRow;
      let corner: usize = <usize> row * xRow;
      for (let column = 0; column + 1 < outWidth; column += 2) {
        for (let f = 0; f < filters; f++) {
          const gradient = load<f32>(dy);
          dy += 4;
          if (gradient == 0) continue;
          const at = block + ((<usize> f) << 2);
          let largest = load<f32>(at);
          let place = corner;
          let other = load<f32>(at + outPixel);
          if (other > largest) {
            largest = other;
            place = corner + pixel;
          }
          other = load<f32>(at + outRow);
          if (other > largest) {
            largest = other;
            place = corner + xRow;
          }
          other = load<f32>(at + outRow + outPixel);
          if (other > largest) {
            largest = other;
            place = corner + xRow + pixel;
          }
          if (largest <= least) continue;
          const bias = biasGradient + ((<usize> f) << 2);
          store<f32>(bias, load<f32>(bias) + gradient);
          const g = f32x4.splat(gradient);
          let to = rowsGradient + <usize> f * filterSize;
          const end = to + filterSize;
          let from = x + place;
          if (dx == 0) {
            while (to < end) {
              let source = from;
              for (const last = to + rowSize; to < last; to += 16, source += 16) {
                v128.store(to, f32x4.add(v128.load(to), f32x4.mul(g, v128.load(source))));
              }
              from += xRow;
            }
          } else {
            let weight = rows + <usize> f * filterSize;
            let down = dx + place;
            while (to < end) {
              let source = from;
              let target = down;
              for (const last = to + rowSize; to < last; to += 16) {
                v128.store(to, f32x4.add(v128.load(to), f32x4.mul(g, v128.load(source))));
                v128.store(
                  target,
                  f32x4.add(v128.load(target), f32x4.mul(g, v128.load(weight))),
                );
                source += 16;
                target += 16;
                weight += 16;
              }
              from += xRow;
              down += xRow;
            }
          }
        }
        block += outPixel << 1;
        corner += pixel << 1;
      }
    }
    y += outRow * <usize> outHeight;
    x += xImage;
    if (dx != 0) dx += xImage;
  }
}
