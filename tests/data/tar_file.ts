/** One entry of a tar archive. */
export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** What the header says of it; what is true unless told. */
  readonly size?: number;
  /** One character; a file unless told. */
  readonly type?: string;
  /** Added to the checksum of the header. */
  readonly checksumError?: number;
}

const BLOCK = 512;

/** The bytes of a tar archive (POSIX.1-1988, ustar), written as it is told, true or not. */
export function tarFile(
  entries: readonly TarEntry[],
  end: Uint8Array = new Uint8Array(2 * BLOCK),
): Uint8Array<ArrayBuffer> {
  const blocks = entries.flatMap(({ bytes = new Uint8Array(), ...entry }) => {
    const padding = new Uint8Array(-bytes.length & (BLOCK - 1));
    return [header({ size: bytes.length, type: "0", ...entry }), bytes, padding];
  });
  const all = [...blocks, end];
  const tar = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of all) {
    tar.set(block, at);
    at += block.length;
  }
  return tar;
}

function header(
  { name, size, type, checksumError = 0 }: Required<Pick<TarEntry, "name" | "size" | "type">> & {
    checksumError?: number;
  },
): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const write = (text: string, at: number): void => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  write(name, 0);
  write("0000644", 100);
  write("0000000", 108);
  write("0000000", 116);
  write(octal(size, 11), 124);
  write("00000000000", 136);
  write(" ".repeat(8), 148);
  write(type, 156);
  write("ustar\u{0}00", 257);
  const checksum = block.reduce((sum, byte) => sum + byte, 0) + checksumError;
  write(`${octal(checksum, 6)}\u{0} `, 148);
  return block;
}
