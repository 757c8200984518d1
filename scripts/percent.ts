/**
 * @param share A share, 0 to 1.
 * @returns It for people, such as `98.73 %`.
 */
export function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
