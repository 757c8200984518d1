import { assertEquals } from "@std/assert";
import {
  editDistance,
  measureStrings,
  type StringFailure,
} from "../../../scripts/research/real/measure_strings.ts";
import type { Sample } from "../../../scripts/research/real/sets.ts";
import { imageError } from "../../../src/errors.ts";
import { wilson } from "../../../src/evaluate.ts";

Deno.test("editDistance counts insertions, deletions and replacements", () => {
  const known: [string, string, number][] = [
    ["", "", 0],
    ["", "123", 3],
    ["123", "", 3],
    ["123", "123", 0],
    ["123", "133", 1],
    ["1234", "234", 1],
    ["234", "2341", 1],
    ["12", "21", 2],
    ["kitten", "sitting", 3],
    ["12\n34", "1234", 1],
  ];
  for (const [a, b, distance] of known) {
    assertEquals([editDistance(a, b), editDistance(b, a)], [distance, distance], `${a} ${b}`);
  }
});

Deno.test("measureStrings counts whole strings, pictures without a digit, and edits", async () => {
  // Labels and what is read of them; undefined is a picture that cannot be used.
  const pairs: [string, string | undefined][] = [
    ["12\n3", "12\n3"],
    ["123", "1234"],
    ["12", ""],
    ["1", undefined],
  ];
  const failures: StringFailure[] = [];
  const { milliseconds: _, ...result } = await measureStrings({
    set: "strings",
    samples: pairs.map(([text], n): Sample => ({
      name: `${n}`,
      text,
      image: new Uint8Array([n]),
    })),
    reader: {
      classify: () => Promise.reject(new Error("not one digit")),
      read(image) {
        const text = pairs[(image as Uint8Array)[0]][1];
        return text === undefined
          ? Promise.reject(imageError("image/unsupported", "found nothing"))
          : Promise.resolve({ text });
      },
    },
    onProgress: () => {},
    onFailure: (failure) => void failures.push(failure),
    signal: new AbortController().signal,
  });
  assertEquals(result, {
    set: "strings",
    count: 4,
    right: 1,
    none: 2,
    share: 0.25,
    interval: wilson(1, 4),
    edits: 1,
    editsPerCharacter: 0.4,
  });
  assertEquals(failures.map(({ sample, text }) => [sample.name, text]), [
    ["1", "1234"],
    ["2", ""],
    ["3", ""],
  ]);
});
