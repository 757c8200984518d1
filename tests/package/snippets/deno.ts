import { classifyDigit } from "@x/lenet";

const { digit, confidence } = await classifyDigit(await Deno.readFile("scripts/samples/7.png"));
console.log(digit, confidence);
