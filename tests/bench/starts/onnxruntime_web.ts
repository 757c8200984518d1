/**
 * The process that runs LeNet-5 in onnxruntime-web. Its second argument is the ONNX file.
 *
 * @module
 */

import { onnxAnswer } from "../onnx_answer.ts";
import { importPackage } from "../packages.ts";
import { firstAnswer } from "./first_answer.ts";

const onnxruntime = await importPackage("onnxruntime-web");
await firstAnswer(async () => {
  const answer = await onnxAnswer(onnxruntime, await Deno.readFile(Deno.args[1]), [1, 28, 28]);
  return (image) => answer(image, 1);
});
