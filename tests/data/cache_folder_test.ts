import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { cacheFolder } from "../../src/data/collection.ts";
import { assertRejection } from "../assert_error.ts";
import { withEnvironment } from "./environment.ts";

const EMPTY = {
  LENET_CACHE: undefined,
  XDG_CACHE_HOME: undefined,
  LOCALAPPDATA: undefined,
  HOME: undefined,
};

Deno.test("cacheFolder is LENET_CACHE when that is set", async () => {
  await withEnvironment(
    { ...EMPTY, LENET_CACHE: "/own", XDG_CACHE_HOME: "/cache", HOME: "/home", LOCALAPPDATA: "c" },
    async () => assertEquals(await cacheFolder(), "/own"),
  );
});

Deno.test("cacheFolder refuses to guess when the environment names none", async () => {
  await withEnvironment(
    { ...EMPTY, LENET_CACHE: "" },
    () => assertRejection(cacheFolder, "file/missing", "expected LENET_CACHE to be set"),
  );
});

const PLATFORMS: Record<string, [environment: Record<string, string>, folder: string][]> = {
  linux: [
    [{ XDG_CACHE_HOME: "/cache", HOME: "/home" }, "/cache/lenet"],
    [{ HOME: "/home" }, "/home/.cache/lenet"],
  ],
  darwin: [[{ HOME: "/home" }, "/home/Library/Caches/lenet"]],
  windows: [[{ LOCALAPPDATA: "C:\\Local" }, join("C:\\Local", "lenet")]],
};

for (const [environment, folder] of PLATFORMS[Deno.build.os] ?? []) {
  Deno.test(`cacheFolder is in ${Object.keys(environment)[0]} on ${Deno.build.os}`, async () => {
    await withEnvironment(
      { ...EMPTY, ...environment },
      async () => assertEquals(await cacheFolder(), folder),
    );
  });
}
