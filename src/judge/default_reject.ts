/** Nearly all digits are above, most else is below; see `deno task train:judge`, which prints how many. */
export const DEFAULT_REJECT = 0.01;
