/**
 * Reads a card number: sixteen digits, the last of which is the check digit of the others.
 *
 * @module
 */

import { luhn, readDigits } from "@x/lenet";
import { write } from "./write.ts";

const { text } = await readDigits(write("4539148803436467"), {
  length: 16,
  accept: luhn,
  rejectLine: 0.5,
});
console.log(`card number ${text?.match(/\d{4}/g)?.join(" ") ?? "not found"}`);
