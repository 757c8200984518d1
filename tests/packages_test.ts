import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../src/errors.ts";
import { importPackage, providePackages } from "../src/packages.ts";

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
        "Cannot take the package react: expected @tensorflow/tfjs-core, ",
      ],
      [
        { "modern-tar": {} },
        "option/invalid",
        "Cannot take the package modern-tar: found object, expected a function that imports it",
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
