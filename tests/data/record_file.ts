/** The bytes of a file of records with these labels, and `size` values each; no two records or places are alike. */
export function recordFile(labels: readonly number[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(labels.length * (1 + size));
  labels.forEach((label, n) => {
    bytes[n * (1 + size)] = label;
    for (let i = 0; i < size; i++) bytes[n * (1 + size) + 1 + i] = 31 * n + 7 * i + label;
  });
  return bytes;
}
