import { activate, IDENTITY } from "./activation";
import { Op } from "./op";

// Copies an image into another layout, such as one with a border for the padding, and applies an activation.
export function copyRows(op: Op, input: usize, output: usize): void {
  const activation = op.activation;
  const width = <usize> op.width << 2;
  const whole = width & ~15;
  for (let c = 0; c < op.channels; c++) {
    let from = input;
    let to = output;
    for (let y = 0; y < op.height; y++) {
      let x: usize = 0;
      if (activation == IDENTITY) {
        for (; x < whole; x += 16) v128.store(to + x, v128.load(from + x));
      } else {
        for (; x < whole; x += 16) {
          v128.store(to + x, activate(v128.load(from + x), activation));
        }
      }
      for (; x < width; x += 4) {
        v128.store32_lane(to + x, activate(v128.load32_splat(from + x), activation), 0);
      }
      from += op.inputRow;
      to += op.outputRow;
    }
    input += op.inputPlane;
    output += op.outputPlane;
  }
}
