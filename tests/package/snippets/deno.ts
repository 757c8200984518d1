import { classifyDigit } from "@x/lenet";

const { digit } = await classifyDigit(await Deno.readFile("scripts/samples/7.png"));
console.log(digit);
