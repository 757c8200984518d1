import { Op, POOL_MAX } from "./op";

// 2×2 pooling that follows no convolution. `height` and `width` count the rows and columns it looks at.
export function pool(op: Op, input: usize, output: usize): void {
  const row = op.inputRow;
  for (let c = 0; c < op.channels; c++) {
    for (let y = 0; y < op.height; y += 2) {
      let from = input + <usize> y * row;
      let to = output + <usize> (y >> 1) * op.outputRow;
      for (let x = 0; x < op.width; x += 2) {
        const a = load<f32>(from);
        const b = load<f32>(from, 4);
        const c = load<f32>(from + row);
        const d = load<f32>(from + row, 4);
        store<f32>(to, op.pool == POOL_MAX ? max(max(a, b), max(c, d)) : (a + b + c + d) * 0.25);
        from += 8;
        to += 4;
      }
    }
    input += op.inputPlane;
    output += op.outputPlane;
  }
}
