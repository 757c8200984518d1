import { readFile } from "node:fs/promises";
import { classifyDigit } from "@x/lenet";

const { digit } = await classifyDigit(await readFile("scripts/samples/7.png"));
console.log(digit);
