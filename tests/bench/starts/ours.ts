/**
 * The process that reads a digit with this library, as a user would.
 *
 * @module
 */

import { LeNet } from "../../../mod.ts";
import { firstAnswer } from "./first_answer.ts";

await firstAnswer(async () => {
  const net = await LeNet.load();
  return (image) => net.classify(image);
});
