import { activate } from "./activation";
import { multiplyAdd } from "./lanes";
import { Op } from "./op";

// x · weight + bias, one of each for a channel, and an activation.
export function scale(op: Op, input: usize, output: usize): void {
  const activation = op.activation;
  const width = <usize> op.width << 2;
  const whole = width & ~15;
  let weights = op.weights;
  let biases = op.bias;
  for (let c = 0; c < op.channels; c++) {
    const weight = v128.load32_splat(weights);
    const bias = v128.load32_splat(biases);
    let from = input;
    let to = output;
    for (let y = 0; y < op.height; y++) {
      let x: usize = 0;
      for (; x < whole; x += 16) {
        const scaled = multiplyAdd(bias, v128.load(from + x), weight);
        v128.store(to + x, activate(scaled, activation));
      }
      for (; x < width; x += 4) {
        const scaled = multiplyAdd(bias, v128.load32_splat(from + x), weight);
        v128.store32_lane(to + x, activate(scaled, activation), 0);
      }
      from += op.inputRow;
      to += op.outputRow;
    }
    weights += 4;
    biases += 4;
    input += op.inputPlane;
    output += op.outputPlane;
  }
}
