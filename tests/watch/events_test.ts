import { assertEquals } from "@std/assert";
import { EventStream } from "../../src/watch/requests.ts";

function message(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function reader(events: EventStream): ReadableStreamDefaultReader<string> {
  return events.open().pipeThrough(new TextDecoderStream()).getReader();
}

async function text(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  return (await reader.read()).value ?? "";
}

Deno.test("EventStream sends every event to all viewers", async () => {
  const events = new EventStream();
  const viewers = [reader(events), reader(events)];
  assertEquals(events.viewers, 2);
  events.send("step", { loss: 1 });
  for (const viewer of viewers) assertEquals(await text(viewer), message("step", { loss: 1 }));
  events.close();
  for (const viewer of viewers) assertEquals((await viewer.read()).done, true);
});

Deno.test("EventStream sends the latest event of each name to a viewer who comes late", async () => {
  const events = new EventStream();
  for (const step of [1, 2, 3]) events.send("step", step);
  events.send("title", "two\nlines");
  const viewer = reader(events);
  assertEquals(await text(viewer), message("step", 3) + message("title", "two\nlines"));
  events.close();
  assertEquals((await viewer.read()).done, true);
});

Deno.test("EventStream keeps only the latest event for a viewer who reads slowly", async () => {
  const events = new EventStream();
  const stream = events.open();
  for (let step = 1; step <= 1000; step++) events.send("step", step);
  const viewer = stream.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals(await text(viewer), message("step", 1));
  assertEquals(await text(viewer), message("step", 1000));
  events.close();
  assertEquals((await viewer.read()).done, true);
});

Deno.test("EventStream sends the latest events before it closes, to a slow viewer as well", async () => {
  const events = new EventStream();
  const stream = events.open();
  events.send("step", 1);
  events.send("state", "over");
  events.close();
  assertEquals(await new Response(stream).text(), message("step", 1) + message("state", "over"));
});

Deno.test("EventStream removes a viewer who has left", async () => {
  const events = new EventStream();
  const stream = events.open();
  assertEquals(events.viewers, 1);
  await stream.cancel();
  assertEquals(events.viewers, 0);
  events.send("step", 1);
  events.close();
});
