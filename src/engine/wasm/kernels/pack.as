// Brings weights into the order in which the kernels read them. It is done here because JavaScript that runs for the
// first time would take longer over it than over all the rest of loading a net.

import { CONVOLVE_COLUMNS, CONVOLVE_WINOGRAD } from "./op";
import { TAPS } from "./convolve_filters";

// Packs one block, from the order filter (or unit), channel (or input), row, column.
export function packBlock(kind: u32, channels: i32, kernel: i32, from: usize, to: usize): void {
  const area = <usize> (kernel * kernel) << 2;
  const filter = <usize> channels * area;
  const row = <usize> kernel << 2;
  if (kind == CONVOLVE_COLUMNS) {
    // Pairs of filters: channel, column, row; each weight in four lanes.
    for (let c: usize = 0; c < filter; c += area) {
      for (let x: usize = 0; x < row; x += 4) {
        for (let y: usize = 0; y < area; y += row) {
          const at = from + c + y + x;
          v128.store(to, v128.load32_splat(at));
          v128.store(to, v128.load32_splat(at + filter), 16);
          to += 32;
        }
      }
    }
    return;
  }
  if (kind == CONVOLVE_WINOGRAD) {
    // Eights of filters: product, channel, column.
    for (let product = 0; product < 6; product++) {
      for (let c: usize = 0; c < filter; c += area) {
        for (let x: usize = 0; x < row; x += 4) {
          let at = from + c + x;
          for (let f = 0; f < 8; f++) {
            store<f32>(to, <f32> lifted(product, at, row));
            at += filter;
            to += 4;
          }
        }
      }
    }
    return;
  }
  // Eights of filters: part of the kernel, channel, column, row.
  const part = <usize> TAPS * row;
  for (let top: usize = 0; top < area; top += part) {
    const bottom = min(top + part, area);
    for (let c: usize = 0; c < filter; c += area) {
      for (let x: usize = 0; x < row; x += 4) {
        for (let y = top; y < bottom; y += row) {
          let at = from + c + y + x;
          for (let f = 0; f < 8; f++) {
            store<f32>(to, load<f32>(at));
            at += filter;
            to += 4;
          }
        }
      }
    }
  }
}

// One of the six rows of G times the five weights of a column, see `convolve_winograd.as`.
function lifted(product: i32, at: usize, row: usize): f64 {
  const g0 = <f64> load<f32>(at);
  const g1 = <f64> load<f32>(at + row);
  const g2 = <f64> load<f32>(at + row * 2);
  const g3 = <f64> load<f32>(at + row * 3);
  const g4 = <f64> load<f32>(at + row * 4);
  if (product == 0) return g0 / 4;
  if (product == 1) return -(g0 + g1 + g2 + g3 + g4) / 6;
  if (product == 2) return -(g0 - g1 + g2 - g3 + g4) / 6;
  if (product == 3) return (g0 + 2 * g1 + 4 * g2 + 8 * g3 + 16 * g4) / 24;
  if (product == 4) return (g0 - 2 * g1 + 4 * g2 - 8 * g3 + 16 * g4) / 24;
  return g4;
}
