import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import {
  limitBytes,
  MAX_SOURCE_BYTES,
  readFile,
  readStream,
  sha256,
  writeFileAtomically,
} from "../../src/data/files.ts";
import { assertRejection } from "../assert_error.ts";
import { output, scriptPath } from "./command.ts";
import { inTemporaryFolder, namesIn } from "./temporary_folder.ts";

const OLD = new Uint8Array([1, 2, 3]);

const NEW = new Uint8Array([4, 5]);

Deno.test("writeFileAtomically writes a new file and leaves nothing beside it", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "net");
    await writeFileAtomically(path, NEW);
    assertEquals(await Deno.readFile(path), NEW);
    assertEquals(await namesIn(folder), ["net"]);
  });
});

Deno.test("writeFileAtomically replaces a file and leaves nothing beside it", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "net");
    await Deno.writeFile(path, OLD);
    await writeFileAtomically(path, NEW);
    assertEquals(await Deno.readFile(path), NEW);
    assertEquals(await namesIn(folder), ["net"]);
  });
});

Deno.test("writeFileAtomically shows others all of a file or none, never a part", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "net");
    const versions = [1, 2].map((value) => new Uint8Array(1_000_000).fill(value));
    await writeFileAtomically(path, versions[0]);
    let isWriting = true;
    const writing = (async () => {
      for (let n = 0; n < 10; n++) await writeFileAtomically(path, versions[n % 2]);
      isWriting = false;
    })();
    while (isWriting) {
      const found = await Deno.readFile(path);
      assertEquals(found.length, 1_000_000);
      assertEquals(found.every((value) => value === found[0]), true);
    }
    await writing;
  });
});

Deno.test("writeFileAtomically keeps the old file when writing fails on the way", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "net");
    await Deno.writeFile(path, OLD);
    const failing = {
      get byteLength() {
        throw new Error("failed on the way");
      },
    };
    await assertRejection(
      () => writeFileAtomically(path, failing as unknown as Uint8Array),
      "file/unwritable",
      `Cannot write ${path}: `,
    );
    assertEquals(await Deno.readFile(path), OLD);
    assertEquals(await namesIn(folder), ["net"]);
  });
});

Deno.test("writeFileAtomically follows a link", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.mkdir(join(folder, "elsewhere"));
    const target = join(folder, "elsewhere", "net");
    await Deno.writeFile(target, OLD);
    const link = join(folder, "link");
    await Deno.symlink(target, link);
    await writeFileAtomically(link, NEW);
    assertEquals((await Deno.lstat(link)).isSymlink, true);
    assertEquals(await Deno.readFile(target), NEW);
    assertEquals(await namesIn(folder), ["elsewhere", "link"]);
    assertEquals(await namesIn(join(folder, "elsewhere")), ["net"]);
  });
});

Deno.test("writeFileAtomically follows a link to a file that does not exist yet, and refuses a circle", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.mkdir(`${folder}/inner`);
    await Deno.symlink("inner", `${folder}/folder`);
    await Deno.symlink("../new", `${folder}/inner/next`);
    await Deno.symlink("folder/next", `${folder}/link`);
    await writeFileAtomically(`${folder}/link`, NEW);
    assertEquals(await Deno.readFile(`${folder}/new`), NEW);
    assertEquals(await Deno.readLink(`${folder}/link`), "folder/next");
    await Deno.symlink("circle", `${folder}/circle`);
    await assertRejection(
      () => writeFileAtomically(`${folder}/circle`, NEW),
      "file/unwritable",
      "its symbolic links lead in a circle",
    );
    assertEquals(await namesIn(folder), ["circle", "folder", "inner", "link", "new"]);
  });
});

Deno.test({
  name: "writeFileAtomically says what Deno allows only to a program that may do everything",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await assertRejection(
      () => writeFileAtomically("/proc/self/mem", NEW),
      "file/unwritable",
      "Cannot write /proc/self/mem: Deno allows it only with --allow-all, expected",
    );
  },
});

Deno.test("writeFileAtomically refuses a folder that is missing", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "missing", "net");
    await assertRejection(
      () => writeFileAtomically(path, NEW),
      "file/unwritable",
      `Cannot write ${path}: its folder does not exist`,
    );
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("writeFileAtomically refuses a path that goes through a file", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeFile(join(folder, "file"), OLD);
    await assertRejection(
      () => writeFileAtomically(join(folder, "file", "net"), NEW),
      "file/unwritable",
      "a part of its path is not a folder",
    );
    assertEquals(await Deno.readFile(join(folder, "file")), OLD);
  });
});

Deno.test("writeFileAtomically refuses to replace a folder", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "net");
    await Deno.mkdir(path);
    await Deno.writeFile(join(path, "kept"), OLD);
    await assertRejection(
      () => writeFileAtomically(path, NEW),
      "file/unwritable",
      "it is a folder",
    );
    assertEquals(await namesIn(folder), ["net"]);
    assertEquals(await namesIn(path), ["kept"]);
  });
});

Deno.test("writeFileAtomically refuses a path that no file can have", async () => {
  await assertRejection(
    () => writeFileAtomically("a\0b", NEW),
    "file/unwritable",
    "Cannot write a",
  );
});

Deno.test({
  name: "writeFileAtomically keeps the old file when the system refuses to go on in the middle",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "net");
      await Deno.writeFile(path, OLD);
      const write = async (size: number): Promise<{ code: string | null; message?: string }> => {
        // 64 or 128 MB, as the shell counts; what is beyond fails like any write, rather than by a signal.
        const limited = 'trap "" XFSZ; ulimit -f 131072; exec "$@"';
        const script = [scriptPath("limited_write.ts"), path, String(size)];
        const permissions = [`--allow-read=${folder}`, `--allow-write=${folder}`];
        const deno = [Deno.execPath(), "run", "-q", "--no-lock", ...permissions, ...script];
        return JSON.parse(await output("sh", ["-c", limited, "sh", ...deno]));
      };
      const { code, message } = await write(135_000_000);
      assertEquals(code, "file/unwritable");
      assertStringIncludes(message ?? "", `Cannot write ${path}: `);
      assertEquals(await Deno.readFile(path), OLD);
      assertEquals(await namesIn(folder), ["net"]);

      assertEquals(await write(10), { code: null });
      assertEquals(await Deno.readFile(path), new Uint8Array(10));
    }),
});

Deno.test({
  name: "writeFileAtomically writes to a pipe without replacing it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, "pipe");
      await output("mkfifo", [path]);
      // Open for both, so that no end waits for the other.
      using pipe = await Deno.open(path, { read: true, write: true });
      await writeFileAtomically(path, NEW);
      assertEquals((await Deno.stat(path)).isFifo, true);
      assertEquals(await namesIn(folder), ["pipe"]);
      const read = new Uint8Array(10);
      assertEquals(await pipe.read(read), NEW.length);
      assertEquals(read.slice(0, NEW.length), NEW);
    }),
});

Deno.test("sha256 gives the digest of the standard's examples", async () => {
  // FIPS 180-2, appendix B.
  const text = (message: string): Promise<string> => sha256(new TextEncoder().encode(message));
  assertEquals(
    await text("abc"),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  assertEquals(
    await text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

/** These pieces, and whether their source was told to stop. */
function streamOf(pieces: readonly Uint8Array[]): {
  stream: ReadableStream<Uint8Array>;
  isCancelled: () => boolean;
} {
  let isCancelled = false;
  let next = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next < pieces.length) controller.enqueue(pieces[next++]);
      else controller.close();
    },
    cancel() {
      isCancelled = true;
    },
  });
  return { stream, isCancelled: () => isCancelled };
}

Deno.test("limitBytes lets everything through up to its limit, and nothing more", async () => {
  const anyPieces = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 });
  await fc.assert(fc.asyncProperty(anyPieces, fc.nat(20), async (pieces, spare) => {
    const all = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    const read = (limit: number) =>
      readStream(
        streamOf(pieces).stream.pipeThrough(limitBytes(limit, "read it")),
        1000,
        "read all",
      );
    assertEquals(await read(all.length + spare), all);
    if (all.length > 0) {
      const limit = Math.max(0, all.length - 1 - spare);
      await assertRejection(
        () => read(limit),
        "data/malformed",
        `Cannot read it: it has more than ${limit} bytes, expected at most that`,
      );
    }
  }));
});

Deno.test("readStream frees each piece once it is copied, where it may", async () => {
  const pieces = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  const freed: Uint8Array[] = [];
  const free = (piece: Uint8Array): void => {
    freed.push(piece.slice());
    piece.fill(0);
  };
  assertEquals(
    await readStream(streamOf(pieces).stream, 3, "read it", free),
    Uint8Array.of(1, 2, 3),
  );
  assertEquals(freed, [Uint8Array.of(1, 2), Uint8Array.of(3)]);
});

Deno.test("limitBytes stops its source at the limit, however much more would come", async () => {
  const { stream, isCancelled } = streamOf(new Array(1000).fill(new Uint8Array(100)));
  await assertRejection(
    () => readStream(stream.pipeThrough(limitBytes(250, "read it")), 1e6, "read all"),
    "data/malformed",
    "more than 250 bytes",
  );
  assertEquals(isCancelled(), true);
});

Deno.test("readFile reads a file as large as its limit, and refuses one that is a byte larger", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.writeFile(path, OLD);
    assertEquals(await readFile(path, OLD.length), OLD);
    await assertRejection(
      () => readFile(path, OLD.length - 1),
      "data/malformed",
      `Cannot read ${path}: it has 3 bytes, expected at most 2`,
    );
  });
});

Deno.test("readFile refuses more than 1 GiB, without reading it", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.writeFile(path, OLD);
    await Deno.truncate(path, 2 ** 30 + 1);
    const before = Deno.memoryUsage().rss;
    await assertRejection(
      () => readFile(path),
      "data/malformed",
      "it has 1073741825 bytes, expected at most 1073741824",
    );
    assertLess(Deno.memoryUsage().rss - before, 100e6);
    assertEquals(MAX_SOURCE_BYTES, 2 ** 30);
  });
});
