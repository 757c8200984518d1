import { assertEquals, assertMatch } from "@std/assert";
import { LeNet } from "../../mod.ts";
import { greyPng } from "../../scripts/research/hard_set/pictures/picture.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { FORMATS, IMAGE_MEDIA_TYPES } from "../../src/image/decode/formats.ts";
import * as fashion from "../../weights/fashion.ts";
import { BASELINE } from "../image/decode/jpeg_files.ts";
import { SAMPLES } from "../image/decode/samples.ts";
import { REASON_PICTURES, SEVERAL } from "../reason_pictures.ts";
import { withServer } from "./server.ts";

const sample = (digit: number) =>
  Deno.readFile(new URL(`../../scripts/samples/${digit}.png`, import.meta.url));

const SEVEN = await sample(7);

Deno.test("POST /classify answers as LeNet.classify does, whichever image type is declared", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const { ...expected } = await net.classify(SEVEN);
  await withServer({}, async ({ url }) => {
    for (
      const type of ["image/png", "image/jpeg", "IMAGE/X-ANYTHING; a=b", "application/octet-stream"]
    ) {
      const response = await fetch(url("/classify"), {
        method: "POST",
        headers: { "content-type": type },
        body: SEVEN,
      });
      assertEquals(response.status, 200);
      assertEquals(response.headers.get("content-type"), "application/json");
      assertEquals(response.headers.get("cache-control"), "no-store");
      assertMatch(
        response.headers.get("server-timing") ?? "",
        /^body;dur=[\d.]+, wait;dur=[\d.]+, answer;dur=[\d.]+$/,
      );
      assertEquals(await response.json(), JSON.parse(JSON.stringify(expected)));
    }
  });
});

Deno.test("POST /classify accepts a chunked body without a length", async () => {
  await withServer({}, async ({ url }) => {
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(SEVEN.subarray(at, at += 100));
        if (at >= SEVEN.length) controller.close();
      },
    });
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body,
    });
    assertEquals((await response.json()).digit, 7);
  });
});

Deno.test("POST /classify accepts a body that is larger than a small one", async () => {
  await withServer({}, async ({ url }) => {
    const body = new Uint8Array(200_000);
    body.set(SEVEN); // What follows the end of a PNG is ignored.
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body,
    });
    assertEquals((await response.json()).digit, 7);
  });
});

Deno.test("POST /classify accepts pixels as JSON: 784 numbers, rows, or data with a size", async () => {
  const { images } = syntheticDigits({ count: 1, seed: 3 });
  const pixels = Array.from(images);
  using net = await LeNet.load("digits", { backend: "wasm" });
  const { digit } = await net.classify(pixels);
  const rows = Array.from({ length: 28 }, (_, y) => pixels.slice(28 * y, 28 * y + 28));
  const sized = { data: pixels.flatMap((value) => [value, value, value]), width: 28, height: 28 };
  const forms = [pixels, pixels.map((value) => value / 255), rows, sized];
  await withServer({}, async ({ url }) => {
    const ask = async (value: unknown) => {
      const response = await fetch(url("/classify"), {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify(value),
      });
      assertEquals(response.status, 200);
      return await response.json();
    };
    for (const form of forms) assertEquals((await ask(form)).digit, digit);
    const { results } = await ask({ images: [...forms, [1, 2, 3]] });
    assertEquals(results.map((result: { digit?: number }) => result.digit), [
      digit,
      digit,
      digit,
      digit,
      undefined,
    ]);
    assertEquals(results[4].error.code, "image/invalid");
  });
});

Deno.test("POST /classify answers each file of a form, an invalid one with its error", async () => {
  const form = new FormData();
  for (const digit of [3, 1, 4]) {
    form.append("file", new File([await sample(digit)], `${digit}.png`));
  }
  form.append("other", new File(["no picture"], "note.txt"));
  form.append("photo", new File([BASELINE as Uint8Array<ArrayBuffer>], "photo.jpg"));
  await withServer({}, async ({ url }) => {
    const response = await fetch(url("/classify"), { method: "POST", body: form });
    assertEquals(response.status, 200);
    const { results } = await response.json();
    assertEquals(
      results.slice(0, 3).map(({ file, digit }: { file: string; digit: number }) => [file, digit]),
      [["3.png", 3], ["1.png", 1], ["4.png", 4]],
    );
    assertEquals([results[3].file, results[3].error.code], ["note.txt", "image/unsupported"]);
    assertEquals([results[4].file, "digit" in results[4]], ["photo.jpg", true]);
    assertEquals(results.length, 5);
  });
});

Deno.test("POST /classify applies the threshold reject of the query", async () => {
  await withServer({}, async ({ url }) => {
    const answers = await Promise.all(["0", "1"].map(async (reject) => {
      const response = await fetch(url(`/classify?reject=${reject}`), {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: SEVEN,
      });
      return await response.json();
    }));
    assertEquals(answers.map(({ digit, reason }) => [digit, reason]), [[7, null], [
      null,
      "not-a-digit",
    ]]);
  });
});

Deno.test("POST /classify says why there is no digit, as its document lists, and how many there are", async () => {
  await withServer({}, async ({ url }) => {
    const { components } = await (await fetch(url("/openapi.json"))).json();
    const { reason: listed, count } = components.schemas.Classification.properties;
    assertEquals(listed.enum, [...Object.keys(REASON_PICTURES), null]);
    assertEquals(count.type, "integer");
    for (const [reason, picture] of Object.entries(REASON_PICTURES)) {
      const response = await fetch(url("/classify"), {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: new Uint8Array(greyPng(picture)),
      });
      const answer = await response.json();
      assertEquals([answer.digit, answer.reason], [null, reason]);
      const expected = reason === "several-digits" ? SEVERAL.text.length : undefined;
      assertEquals(answer.count, expected);
    }
  });
});

Deno.test("POST /read reads the digits of one picture, and of each of several", async () => {
  await withServer({}, async ({ url }) => {
    const response = await fetch(url("/read"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: SEVEN,
    });
    const { text, digits, backend } = await response.json();
    assertEquals([text, digits.length, digits[0].digit, backend], ["7", 1, 7, "wasm"]);
    const form = new FormData();
    form.append("a", new File([SEVEN], "7.png"));
    form.append("b", new File([await sample(2)], "2.png"));
    const several = await fetch(url("/read"), { method: "POST", body: form });
    const { results } = await several.json();
    assertEquals(
      results.map(({ file, text }: { file: string; text: string }) => [file, text]),
      [["7.png", "7"], ["2.png", "2"]],
    );
  });
});

Deno.test("createHandler answers with the network of its options", async () => {
  await withServer({ weights: fashion }, async ({ url }) => {
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: SEVEN,
    });
    const { className } = await response.json();
    const { classNames } = await (await fetch(url("/health"))).json();
    assertEquals(classNames.includes(className), true);
    assertEquals(classNames.includes("7"), false);
  });
});

Deno.test("POST /classify reads a file of every format, sent with its media type", async () => {
  await withServer({}, async ({ url }) => {
    for (const { name, mediaType } of FORMATS) {
      const response = await fetch(url("/classify"), {
        method: "POST",
        headers: { "content-type": mediaType },
        body: SAMPLES[name].file,
      });
      assertEquals([name, response.status, await response.json().then(({ error }) => error)], [
        name,
        200,
        undefined,
      ]);
    }
  });
});

Deno.test("POST /classify lists every media type that it reads in accept-post", async () => {
  await withServer({}, async ({ url }) => {
    const response = await fetch(url("/classify"), { method: "POST", body: "a seven" });
    await response.body?.cancel();
    const accepted = response.headers.get("accept-post")?.split(", ");
    assertEquals(accepted?.filter((type) => type.startsWith("image/")), [...IMAGE_MEDIA_TYPES]);
  });
});

Deno.test("GET /openapi.json lists every media type that /classify reads", async () => {
  await withServer({}, async ({ url }) => {
    const { paths } = await (await fetch(url("/openapi.json"))).json();
    const types = Object.keys(paths["/classify"].post.requestBody.content);
    assertEquals(types.filter((type) => type.startsWith("image/")), [...IMAGE_MEDIA_TYPES]);
  });
});
