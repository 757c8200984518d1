import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { loadMnist } from "../../../src/data/catalog.ts";
import { takeDataset } from "../../../src/data/dataset.ts";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import { LeNet } from "../../../src/lenet.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { train } from "../../../src/train/train.ts";
import { hasSharedData, sharedData } from "../shared_data.ts";

Deno.test({
  name: "syntheticDigits alone teach a network to read more than 85 % of MNIST",
  ignore: !hasSharedData("mnist"),
  async fn() {
    const { model } = await train(lenet5(), syntheticDigits({ count: 8000, seed: 1 }), {
      epochs: 2,
      augment: true,
      validation: 0,
      seed: 1,
      backend: "wasm",
    });
    using net = await LeNet.load(model, { backend: "wasm" });
    const mnist = await loadMnist({ split: "train", directory: sharedData("mnist") });
    const { accuracy, count } = await net.evaluate(takeDataset(mnist, 4000));
    assertEquals(count, 4000);
    assertGreaterOrEqual(accuracy, 0.85);
  },
});
