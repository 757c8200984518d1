// Runs a network: walks the list of ops that `plan.ts` wrote into memory, so that JavaScript calls WebAssembly once
// for up to a tile of digits.

import { convolveColumns } from "./convolve_columns";
import { convolveFilters } from "./convolve_filters";
import { convolveWinograd } from "./convolve_winograd";
import { copyRows } from "./copy_rows";
import { dense } from "./dense";
import {
  CONVOLVE_COLUMNS,
  CONVOLVE_FILTERS,
  CONVOLVE_WINOGRAD,
  COPY_ROWS,
  DENSE,
  Op,
  POOL,
  RBF,
  SCALE,
} from "./op";
import { pool } from "./pool";
import { rbf } from "./rbf";
import { scale } from "./scale";

export { packBlock } from "./pack";

// The program begins at address 0: how many ops run digit by digit, how many there are, and the ops themselves.
const OPS: usize = 128;

// `count` digits, from 1 to the tile that the memory was laid out for. The ops up to the first dense one take one
// digit after another, so that a digit's maps stay in the nearest cache; the rest take all digits together.
export function run(count: i32): void {
  const alone = OPS + <usize> load<u32>(0) * offsetof<Op>();
  const end = OPS + <usize> load<u32>(4) * offsetof<Op>();
  for (let digit = 0; digit < count; digit++) {
    for (let op = OPS; op < alone; op += offsetof<Op>()) execute(changetype<Op>(op), digit, 1);
  }
  for (let op = alone; op < end; op += offsetof<Op>()) execute(changetype<Op>(op), 0, count);
}

function execute(op: Op, first: i32, count: i32): void {
  let input = op.input + <usize> first * op.inputStep;
  let output = op.output + <usize> first * op.outputStep;
  if (op.kind == DENSE) return dense(op, input, output, count);
  for (let digit = 0; digit < count; digit++) {
    if (op.kind == CONVOLVE_COLUMNS) convolveColumns(op, input, output);
    else if (op.kind == CONVOLVE_FILTERS) convolveFilters(op, input, output);
    else if (op.kind == CONVOLVE_WINOGRAD) convolveWinograd(op, input, output);
    else if (op.kind == COPY_ROWS) copyRows(op, input, output);
    else if (op.kind == POOL) pool(op, input, output);
    else if (op.kind == SCALE) scale(op, input, output);
    else if (op.kind == RBF) rbf(op, input, output);
    input += op.inputStep;
    output += op.outputStep;
  }
}
