/**
 * Runs an ONNX file in onnxruntime-web and prints its logits as JSON, for the tests: they must not import it
 * themselves, or it would get into the project's lock file. Arguments: the file, one of inputs in single precision,
 * and the shape of one input, such as 1,28,28.
 *
 * @module
 */

import { type ImageShape, sizeOf } from "../../src/model/architecture.ts";
import { onnxAnswer } from "./onnx_answer.ts";
import { importPackage } from "./packages.ts";

const [modelFile, inputsFile, shapeText] = Deno.args;

const shape = shapeText.split(",").map(Number) as unknown as ImageShape;

const inputs = new Float32Array((await Deno.readFile(inputsFile)).buffer);

const onnxruntime = await importPackage("onnxruntime-web");

const answer = await onnxAnswer(onnxruntime, await Deno.readFile(modelFile), shape);

console.log(JSON.stringify([...await answer(inputs, inputs.length / sizeOf(shape))]));
