// Training: the forward and backward pass of each kind of step over a tile of inputs, the losses, and the optimizers.
// `training_network.ts` calls the passes and the losses in the order of a plan, `trainer.ts` the optimizers.

export { convolutionBackward, convolutionForward } from "./convolution";
export { denseBackward, denseForward } from "./dense";
export { argMax, crossEntropy, distillation, rbfBackward, rbfForward, squaredDistance } from "./loss";
export { normalizeBackward, normalizeForward } from "./normalize";
export {
  activationBackward,
  activationForward,
  copyFrom,
  dropoutBackward,
  dropoutForward,
  flattenBackward,
  flattenForward,
} from "./pointwise";
export { poolBackward, poolForward } from "./pool";
export { adam, average, maskGradients, sgd } from "./update";
