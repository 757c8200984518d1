// Writes a file and prints what became of it as JSON. Run by files_test.ts under a limit on the size of files,
// so that the system refuses to go on in the middle.
//
// Arguments: the path, and how many bytes.

import { writeFileAtomically } from "../../src/data/files.ts";
import { LeNetError } from "../../src/errors.ts";

const [path, size] = Deno.args;

try {
  await writeFileAtomically(path, new Uint8Array(Number(size)));
  console.log(JSON.stringify({ code: null }));
} catch (error) {
  if (!(error instanceof LeNetError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
