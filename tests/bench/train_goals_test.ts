import { assertEquals } from "@std/assert";
import { missedTrainGoals, type StepTimes } from "./train_goals.ts";

/** A network with these ratios. */
function ratios(network: string, pytorch: number, plain?: number): StepTimes {
  const times = (ratio: number) => ({ ms: 10 * ratio, ratio });
  return {
    network,
    ours: 10,
    pytorch: times(pytorch),
    ...plain !== undefined && { plain: times(plain) },
  };
}

Deno.test("missedTrainGoals passes what just meets every goal", () => {
  const steps = [ratios("lenet5", 2.8, 2), ratios("lenet-caffe", 0.5), ratios("lenet-sigmoid", 1)];
  assertEquals(missedTrainGoals(steps, { epochSeconds: 7, peakMegabytes: 200 }), []);
});

Deno.test("missedTrainGoals names every goal that is just missed", () => {
  const steps = [
    ratios("lenet5", 2.79, 1.99),
    ratios("lenet-caffe", 0.49),
    ratios("lenet-sigmoid", 0.99),
  ];
  assertEquals(missedTrainGoals(steps, { epochSeconds: 7.1, peakMegabytes: 201 }), [
    "lenet5: a step is 2.79 × as fast as in PyTorch, the goal is 2.8 ×",
    "lenet5: a step is 1.99 × as fast as in plain tfjs, the goal is 2 ×",
    "lenet-caffe: a step is 0.49 × as fast as in PyTorch, the goal is 0.5 ×",
    "lenet-sigmoid: a step is 0.99 × as fast as in PyTorch, the goal is 1 ×",
    "an epoch takes 7.1 s, the goal is 7 s",
    "train takes 201 MB, the goal is 200 MB",
  ]);
});

Deno.test("missedTrainGoals misses a number that is none, and leaves out what was not measured", () => {
  assertEquals(missedTrainGoals([ratios("lenet5", NaN)], undefined).length, 1);
  assertEquals(missedTrainGoals([{ network: "lenet5", ours: 10 }], undefined), []);
});
