import { assertEquals } from "@std/assert";
import { FORMATS, IMAGE_MEDIA_TYPES } from "../../src/image/decode/formats.ts";
import { SAMPLES } from "../image/decode/samples.ts";
import { withServer } from "./server.ts";

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
