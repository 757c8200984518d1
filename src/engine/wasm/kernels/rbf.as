import { activate } from "./activation";
import { Op } from "./op";

// Radial basis functions: minus the squared distance of the channels of each position to each code.
export function rbf(op: Op, input: usize, output: usize): void {
  let codes = op.weights;
  for (let code = 0; code < op.blocks; code++) {
    for (let y = 0; y < op.height; y++) {
      for (let x = 0; x < op.width; x++) {
        let from = input + <usize> y * op.inputRow + (<usize> x << 2);
        let distance: f32 = 0;
        for (let c = 0; c < op.channels; c++) {
          const difference = load<f32>(from) - load<f32>(codes + (<usize> c << 2));
          distance += difference * difference;
          from += op.inputPlane;
        }
        const to = output + <usize> y * op.outputRow + (<usize> x << 2);
        v128.store32_lane(to, activate(f32x4.splat(-distance), op.activation), 0);
      }
    }
    codes += <usize> op.channels << 2;
    output += op.outputPlane;
  }
}
