/**
 * The process that runs LeNet-5 in plain tfjs.
 *
 * @module
 */

import { plainLeNet } from "../plain_tfjs.ts";
import { firstAnswer } from "./first_answer.ts";

await firstAnswer(async () => {
  const net = await plainLeNet();
  return (image) => net.logits(image, 1);
});
