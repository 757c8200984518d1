/**
 * Reads whole amounts: one to seven digits, without a zero in front. Points and commas are no part of a text. What is not likely one is left for a person to look at.
 *
 * @module
 */

import { LeNet } from "@x/lenet";
import { write } from "./write.ts";

using net = await LeNet.load();
for (const written of ["7", "1250", "9999999", "0012"]) {
  const { text } = await net.read(write(written), {
    pattern: /[1-9]\d{0,6}/,
    rejectLine: 0.5,
  });
  console.log(`${written}: ${text ?? "please check"}`);
}
