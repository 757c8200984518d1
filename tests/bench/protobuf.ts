/**
 * As much of the Protocol Buffers wire format as it takes to write a message
 * (https://protobuf.dev/programming-guides/encoding).
 *
 * @module
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A whole number from 0 in groups of seven bits, the lowest first. */
function varint(value: number): number[] {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 | 0x80);
  return [...bytes, value];
}

function tag(field: number, wireType: number): number[] {
  return varint(field * 8 + wireType);
}

/** A field that holds a whole number from 0. */
export function integer(field: number, value: number): Uint8Array {
  return Uint8Array.from([...tag(field, VARINT), ...varint(value)]);
}

/** A field that holds bytes. */
export function bytes(field: number, value: Uint8Array): Uint8Array {
  return concat([
    Uint8Array.from([...tag(field, LENGTH_DELIMITED), ...varint(value.length)]),
    value,
  ]);
}

/** A field that holds text. */
export function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

/** A field that holds a message: its own fields, in any order. */
export function message(field: number, fields: readonly Uint8Array[]): Uint8Array {
  return bytes(field, concat(fields));
}

/** Fields one after another: the bytes of a message that stands alone. */
export function concat(fields: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}
