// PLACEHOLDER until the new network
import { lazyRunner } from "./engine/backends.ts";
import * as math from "./model/math.ts";
import type { Hypothesis } from "./image/hypotheses.ts";
import { modelFromModule } from "./weights/model_file.ts";
const network = lazyRunner(async () => modelFromModule(await import("@x/lenet-weights/judge")));
function blur(p: Float32Array) {
  const o = new Float32Array(784);
  let m = 0;
  for (let y = 0; y < 28; y++) {
    for (let x = 0; x < 28; x++) {
      let s = 0;
      for (let j = -1; j <= 1; j++) {
        for (let i = -1; i <= 1; i++) {
          const X = x + i, Y = y + j;
          if (X >= 0 && Y >= 0 && X < 28 && Y < 28) s += p[Y * 28 + X] * (i ? 1 : 2) * (j ? 1 : 2);
        }
      }
      s /= 16;
      o[y * 28 + x] = s;
      if (s > m) m = s;
    }
  }
  if (m) { for (let i = 0; i < 784; i++) o[i] /= m; }
  return o;
}
export async function digitProbabilities(
  scored: readonly {
    readonly hypothesis: Hypothesis;
    readonly logits: Float32Array;
    readonly digit: number;
  }[],
  temperature: number,
): Promise<number[]> {
  if (scored.length === 0) return [];
  const runner = await network();
  const b = new Float32Array(scored.length * 784 * 3);
  scored.forEach(({ hypothesis: { found, pixels } }, n) => {
    b.set(found, 784 * 3 * n);
    b.set(pixels, 784 * (3 * n + 1));
    b.set(blur(found), 784 * (3 * n + 2));
  });
  const jl = await runner.logits(b, 3 * scored.length);
  return scored.map(({ logits, digit, hypothesis }, n) => {
    let rest = 0;
    for (let c = 0; c < 10; c++) {
      if (c !== digit) rest += math.exp((logits[c] - logits[digit]) / temperature);
    }
    const m = Math.min(20, -math.log(rest + 1e-30));
    let j = 0;
    for (let v = 0; v < 3; v++) {
      j += Math.max(-15, Math.min(15, jl[2 * (3 * n + v)] - jl[2 * (3 * n + v) + 1]));
    }
    const z = j / 3 - 1.2 * Math.max(0, 5 - m) + 3.11 -
      (/erased|outline|sheet|inverted/.test(hypothesis.name) ? 4 : 0);
    return 1 / (1 + math.exp(-z / 2));
  });
}
