import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { LeNetError } from "../src/errors.ts";
import {
  importOwnModule,
  importPackage,
  memoizeAsync,
  packageSpecifier,
  providePackages,
} from "../src/packages.ts";
import * as own from "./data/command.ts";

Deno.test("importPackage asks for a package that was provided, each time, and not before", async () => {
  const decoder = {};
  let asked = 0;
  providePackages({
    "@jsquash/webp/decode.js": () => {
      asked++;
      return Promise.resolve(decoder);
    },
  });
  assertEquals(asked, 0);
  const imported = await importPackage("@jsquash/webp", "0.0.0", "/decode.js");
  assertEquals(imported === decoder, true);
  assertEquals(asked, 1);
});

Deno.test("providePackages refuses what the library never imports, and what imports nothing", () => {
  for (
    const [packages, code, message] of [
      [
        { react: () => Promise.resolve() },
        "option/unknown",
        "Cannot provide the package react: expected @tensorflow/tfjs-core, ",
      ],
      [
        { "modern-tar": {} },
        "option/invalid",
        "Cannot provide the package modern-tar: found object, expected a function that imports it",
      ],
    ] as const
  ) {
    const error = assertThrows(
      () => providePackages(packages as Parameters<typeof providePackages>[0]),
      LeNetError,
      message,
    );
    assertEquals(error.code, code);
  }
});

Deno.test("packageSpecifier names the version for Deno, and the installed package elsewhere", () => {
  const specifier = (): string => packageSpecifier("@jsquash/webp", "1.5.0", "/decode.js");
  assertEquals(specifier(), "npm:@jsquash/webp@1.5.0/decode.js");
  const { Deno } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "Deno");
    assertEquals(specifier(), "@jsquash/webp/decode.js");
  } finally {
    Object.assign(globalThis, { Deno });
  }
});

Deno.test("importOwnModule imports a module beside its importer, with the same extension", async () => {
  assertEquals(await importOwnModule("./data/command", import.meta.url), own);
  await assertRejects(() => importOwnModule("./data/missing", import.meta.url), TypeError);
});

Deno.test("memoizeAsync does the work once for each argument, and again after a failure", async () => {
  const asked: string[] = [];
  let fails = true;
  const work = memoizeAsync((key: string) => {
    asked.push(key);
    return fails ? Promise.reject(new Error(key)) : Promise.resolve(key.length);
  });
  await Promise.all([1, 2].map(() => assertRejects(() => work("one"), Error, "one")));
  assertEquals(asked, ["one"]);
  fails = false;
  assertEquals(await Promise.all([work("one"), work("one"), work("three")]), [3, 3, 5]);
  assertEquals(await work("three"), 5);
  assertEquals(asked, ["one", "one", "three"]);
});

Deno.test("memoizeAsync forgets a failure before its caller hears of it", async () => {
  let times = 0;
  const work = memoizeAsync(() => ++times === 1 ? Promise.reject(new Error()) : Promise.resolve());
  await work().catch(() => work());
  assertEquals(times, 2);
});
