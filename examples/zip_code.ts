/**
 * Reads a zip code: five digits.
 *
 * @module
 */

import { readDigits } from "@x/lenet";
import { write } from "./write.ts";

const { text, reason } = await readDigits(write("90210"), { length: 5, rejectLine: 0.5 });
console.log(text === null ? `no zip code: ${reason}` : `zip code ${text}`);
