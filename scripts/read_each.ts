import { readFile } from "../src/data/read_file.ts";
import { LeNetError } from "../src/model/error.ts";

/**
 * Reads files one after another. One that cannot be read is told of and does not keep the others from being read.
 *
 * @param files Their paths.
 * @param json Whether failures are told as a line of JSON, not as a sentence on standard error.
 * @param read Is given each file.
 * @returns How many could not be read.
 */
export async function readEach(
  files: readonly string[],
  json: boolean,
  read: (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<number> {
  let failed = 0;
  for (const file of files) {
    try {
      await read(file, await readFile(file));
    } catch (error) {
      if (!(error instanceof LeNetError)) throw error;
      failed++;
      const { code, message } = error;
      if (json) console.log(JSON.stringify({ file, error: { code, message } }));
      else console.error(`${file}: error: ${message} [${code}]`);
    }
  }
  return failed;
}
