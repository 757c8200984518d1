import { classifyDigit } from "@x/lenet";

const { digit } = await classifyDigit(Bun.file("scripts/samples/7.png"));
console.log(digit);
