import { assertEquals } from "@std/assert";
import { encodePng } from "../image/decode/png_encoder.ts";

/** The most that a request may take, in milliseconds, the server's start and other work of the machine included. */
const MAX_MILLISECONDS = 60_000;

Deno.test("POST /read answers for narrow pictures that are one bar, and answers others afterwards", async () => {
  // In a worker, which can be ended even where a request never comes to an end.
  const worker = new Worker(new URL("./reading_server_worker.ts", import.meta.url), {
    type: "module",
  });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    const url = `http://127.0.0.1:${port}`;
    const read = async (body: Uint8Array<ArrayBuffer>): Promise<unknown> => {
      const response = await fetch(`${url}/read`, {
        method: "POST",
        headers: { "content-type": "image/png" },
        body,
        signal: AbortSignal.timeout(MAX_MILLISECONDS),
      });
      assertEquals(response.status, 200);
      return (await response.json()).text;
    };
    for (const [width, height] of [[2, 91], [91, 2], [1, 60]]) {
      const longer = Math.max(width, height);
      const samples = Array.from({ length: width * height }, (_, i) => {
        const at = Math.max(i % width, Math.floor(i / width)) / longer;
        return at > 0.3 && at < 0.8 ? 20 : 240;
      });
      await read(encodePng({ width, height, colourType: 0, depth: 8, samples }));
    }
    const seven = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));
    assertEquals(await read(seven), "7");
    const health = await fetch(`${url}/health`, { signal: AbortSignal.timeout(MAX_MILLISECONDS) });
    assertEquals((await health.json()).requests, 0);
  } finally {
    worker.terminate();
  }
});
