import { classifyDigit } from "@x/lenet";

const { digit } = await classifyDigit(document.querySelector("canvas"));
document.querySelector("output").value = digit;
