// One step of a network in training, as `training_plan.ts` writes it into memory. Addresses and strides are in bytes. The
// fields and their order are those of `STEP_FIELDS` there.
//
// Images are [height, width, channels], as rows of pixels with a border of zeros where a convolution needs one; a row of
// units is an image of one pixel. Addresses are those of the first input of a tile.
@unmanaged
export class Step {
  // The input, from one row and from one input of the tile to the next, and its gradient, which has the same strides; 0
  // where nothing before this step is trained. For a convolution they begin at its first window, in the border.
  x: usize;
  xRow: usize;
  xStep: usize;
  dx: usize;
  // The output and its gradient.
  y: usize;
  yRow: usize;
  yStep: usize;
  dy: usize;
  // Of a dense step: all values of the input.
  channels: i32;
  height: i32;
  width: i32;
  // The channels of the output; of a flatten, all its values.
  filters: i32;
  outHeight: i32;
  outWidth: i32;
  kernel: i32;
  // Vectors of four numbers in a row of a filter's weights, or in those of all units for one input.
  vectors: i32;
  // Of an RBF: its codes.
  weights: usize;
  bias: usize;
  // From a parameter to its gradient.
  gradients: usize;
  // Whether the weights are trained.
  isTrained: u32;
  // The weights as the forward kernel reads them, and whether that has columns in its lanes.
  packed: usize;
  isColumns: u32;
  // Of a max pooling: how far the window of each maximum is from the first one. Of a dropout: its factors. Of a flatten:
  // the table of places.
  places: usize;
  placesStep: usize;
  // The function of an activation, or the kind of a pooling. Of a pooled convolution whether a ReLU stands between both.
  activation: u32;
  runningMean: usize;
  runningVariance: usize;
  // Room for what a step computes on the way.
  scratch: usize;
}

// Stores a vector, or as much of it as there are bytes left.
@inline
export function storeUpTo(to: usize, v: v128, left: usize): void {
  if (left >= 16) return v128.store(to, v);
  v128.store32_lane(to, v, 0);
  if (left > 4) v128.store32_lane(to, v, 1, 4);
  if (left > 8) v128.store32_lane(to, v, 2, 8);
}

// All bits of as many lanes as there are bytes left.
@inline
export function lanesUpTo(left: usize): v128 {
  return i32x4.gt_s(i32x4.splat(<i32> left), i32x4(0, 4, 8, 12));
}
