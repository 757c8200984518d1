import { wasmTrainer } from "../../../src/engine/wasm/trainer.ts";
import type { Architecture } from "../../../src/model/architecture.ts";
import type { Parameters } from "../../../src/model/parameters.ts";

/** A batch, and how a trainer takes it. */
export interface GradientOptions {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
  readonly targets?: Float32Array;
  readonly seed?: number;
  readonly layers?: readonly string[];
  readonly lineSteps?: number;
}

/**
 * The loss of a batch and its gradients on our kernels. The first velocity of momentum is the gradient; the parameters
 * are those after a step with the learning rate 0, running values among them.
 */
export async function wasmGradients(
  architecture: Architecture,
  parameters: Parameters,
  { inputs, labels, targets, seed = 0, layers, lineSteps = 1 }: GradientOptions,
): Promise<{ loss: number; correct: number; gradients: Parameters; parameters: Parameters }> {
  using trainer = await wasmTrainer(
    architecture,
    { parameters, slots: new Map(), steps: 0 },
    { optimizer: { name: "sgd", momentum: 0.9 }, seed, layers, lineSteps },
  );
  const measured = await trainer.step(inputs, labels, 0, targets);
  const state = await trainer.state();
  return {
    ...measured,
    gradients: state.slots.get("momentum")!,
    parameters: state.parameters,
  };
}
