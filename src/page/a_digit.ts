/**
 * A digit with its article.
 *
 * @param digit 0 to 9.
 * @returns Such as `a 7` or `an 8`.
 */
export function aDigit(digit: number): string {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}
