// What the convolutions with filters in the lanes do with a block of two rows × two columns × eight filters.

import { activate } from "./activation";
import { larger } from "./lanes";
import { Op, POOL_AVERAGE_FIRST, POOL_MAX, POOL_NONE } from "./op";

// Activates, pools and stores the block whose upper left is at row `y` and column `x`. The values are the upper left,
// upper right, lower left and lower right of the first four filters and of the last four.
export function finishBlock(
  op: Op,
  output: usize,
  y: i32,
  x: i32,
  a0: v128,
  a1: v128,
  a2: v128,
  a3: v128,
  b0: v128,
  b1: v128,
  b2: v128,
  b3: v128,
): void {
  const halved: usize = op.pool == POOL_NONE ? 0 : 1;
  const to = output + (<usize> y >> halved) * op.outputRow + (<usize> x << 2 >> halved);
  // Beyond the map there is no right or no lower value: it gets the place of the other, which is stored last.
  const right: usize = x + 1 < op.width ? 4 : 0;
  const down: usize = y + 1 < op.height ? op.outputRow : 0;
  finishFilters(op, to, right, down, a0, a1, a2, a3);
  finishFilters(op, to + (op.outputPlane << 2), right, down, b0, b1, b2, b3);
}

function finishFilters(
  op: Op,
  output: usize,
  right: usize,
  down: usize,
  v0: v128,
  v1: v128,
  v2: v128,
  v3: v128,
): void {
  const activation = op.activation;
  const plane = op.outputPlane;
  const pool = op.pool;
  if (pool == POOL_MAX) {
    // The activations never fall, so the largest may be taken first.
    const largest = larger(larger(v0, v1), larger(v2, v3));
    storeFilters(output, plane, activate(largest, activation));
    return;
  }
  if (pool != POOL_AVERAGE_FIRST) {
    v0 = activate(v0, activation);
    v1 = activate(v1, activation);
    v2 = activate(v2, activation);
    v3 = activate(v3, activation);
  }
  if (pool == POOL_NONE) {
    storeFilters(output + down + right, plane, v3);
    storeFilters(output + down, plane, v2);
    storeFilters(output + right, plane, v1);
    storeFilters(output, plane, v0);
    return;
  }
  const sum = f32x4.add(f32x4.add(v0, v1), f32x4.add(v2, v3));
  let mean = f32x4.mul(sum, f32x4.splat(0.25));
  if (pool == POOL_AVERAGE_FIRST) mean = activate(mean, activation);
  storeFilters(output, plane, mean);
}

@inline
function storeFilters(output: usize, plane: usize, v: v128): void {
  v128.store32_lane(output, v, 0);
  v128.store32_lane(output + plane, v, 1);
  v128.store32_lane(output + plane * 2, v, 2);
  v128.store32_lane(output + plane * 3, v, 3);
}
