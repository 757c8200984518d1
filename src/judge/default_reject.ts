/** Nearly all digits are above, most else is below; `deno task evaluate:images --coverage` prints how many. */
export const DEFAULT_REJECT = 0.015;
