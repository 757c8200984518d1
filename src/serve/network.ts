import type { BackendOption } from "../engine/select.ts";
import { LeNet, type WeightsSource } from "../lenet.ts";

/**
 * A network that is loaded when it is first asked for, and kept.
 *
 * @param weights Which network.
 * @param backend Where to compute.
 * @returns What gives it.
 */
export function lazyNetwork(
  weights: WeightsSource,
  backend: BackendOption,
): () => Promise<LeNet> {
  let net: Promise<LeNet> | undefined;
  return () => {
    if (net === undefined) {
      net = LeNet.load(weights, { backend });
      // A failure is not kept: the next request tries again.
      net.catch(() => net = undefined);
    }
    return net;
  };
}
