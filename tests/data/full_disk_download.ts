// Downloads to a full disk and prints what became of it as JSON. Run by download_test.ts with all permissions, which
// Deno asks for where a device is opened. The device is behind a link in a folder of its own: whatever is replaced or
// removed there, it is the link.

import { join } from "node:path";
import { download } from "../../src/data/download.ts";
import { LeNetError } from "../../src/errors.ts";
import { serve, withServer } from "./local_server.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

const BYTES = new Uint8Array(100_000);

await withServer(
  (request) => serve(BYTES, request),
  ({ url }) =>
    inTemporaryFolder(async (folder) => {
      await Deno.symlink("/dev/full", join(folder, "zeros.partial"));
      const file = { name: "zeros", bytes: BYTES.length, sha256: "unused" };
      try {
        await download(file, [url], folder);
      } catch (error) {
        if (!(error instanceof LeNetError)) throw error;
        console.log(JSON.stringify({ code: error.code, message: error.message }));
      }
    }),
);
