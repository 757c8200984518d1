/** A safetensors file put together by hand, right or wrong: the header as text or JSON, then `data`. */
export function safetensorsFile(
  header: string | Uint8Array | Readonly<Record<string, unknown>>,
  data: Uint8Array | number = 0,
): Uint8Array<ArrayBuffer> {
  const text = header instanceof Uint8Array
    ? header
    : new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const tail = typeof data === "number" ? new Uint8Array(data) : data;
  const file = new Uint8Array(8 + text.length + tail.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(tail, 8 + text.length);
  return file;
}

/** The description of a tensor in a header. */
export function entry(
  dtype: unknown,
  shape: unknown,
  offsets: unknown,
): Readonly<Record<string, unknown>> {
  return { dtype, shape, data_offsets: offsets };
}
