import type * as modernTar from "modern-tar";
import { importPackage } from "../import_package.ts";
import { LeNetError } from "../model/error.ts";
import { checkAborted } from "./abort.ts";
import { collect } from "./collect.ts";
import { reasonOf } from "./file_error.ts";
import { gunzipStream } from "./gunzip.ts";
import { limitBytes } from "./limit_bytes.ts";
import { MAX_SOURCE_BYTES } from "./read_file.ts";

/** The version that is tested; deno.json names it, too. */
const TAR_VERSION = "0.8.6";

/**
 * Takes files out of a tar archive packed by gzip. It is read as it is unpacked, so that nothing but these files is
 * held in memory.
 *
 * @param bytes The archive.
 * @param names The files to take, by their names without folders.
 * @param options `limit`: how many bytes to accept in each of them; `what`: a name for the archive, for messages;
 * `signal`: ends the reading early.
 * @returns The files that it has, by name; of two with one name the last, as tar itself does.
 * @throws {LeNetError} `data/malformed` when the archive is cut off, damaged, or unpacks to too much; `file/missing`
 * when the package that reads tar is not installed; `aborted`.
 */
export async function untar(
  bytes: Uint8Array<ArrayBuffer>,
  names: readonly string[],
  options: {
    readonly limit: number;
    readonly what: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { limit, what, signal } = options;
  const doing = `unpack ${what}`;
  const { createTarDecoder } = await importTar(doing);
  const entries = gunzipStream(bytes)
    .pipeThrough(limitBytes(MAX_SOURCE_BYTES, doing))
    .pipeThrough(createTarDecoder({ strict: true }))
    .getReader();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  try {
    for (;;) {
      checkAborted(signal, doing);
      const { done, value } = await entries.read();
      if (done) return files;
      const { header: { name, type }, body } = value;
      const file = name.slice(name.lastIndexOf("/") + 1);
      if (type === "file" && names.includes(file)) {
        files.set(file, await collect(body, limit, `${doing}: ${file}`));
      } else {
        await body.cancel();
      }
    }
  } catch (error) {
    await entries.cancel(error).catch(() => {});
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot ${doing}: its gzip or tar data is cut off or damaged, expected a whole tar.gz archive`,
      { cause: error },
    );
  }
}

async function importTar(doing: string): Promise<typeof modernTar> {
  const name = "modern-tar";
  try {
    return await importPackage(name, TAR_VERSION) as typeof modernTar;
  } catch (error) {
    throw new LeNetError(
      "file/missing",
      `Cannot ${doing}: ${name} cannot be loaded (${
        reasonOf(error)
      }), expected that package beside this one, or the archive unpacked`,
      { cause: error },
    );
  }
}
