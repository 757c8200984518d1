import { assertEquals } from "@std/assert";
import { IdleTimeout } from "../../src/data/download.ts";

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("IdleTimeout fires after silence, and gives its reason", async () => {
  const idle = new IdleTimeout(20, undefined);
  assertEquals([idle.signal.aborted, idle.reason], [false, undefined]);
  await wait(60);
  assertEquals([idle.signal.aborted, idle.reason], [true, "no data for 20 ms"]);
  idle.stop();
});

Deno.test("IdleTimeout waits as long as something is heard", async () => {
  const idle = new IdleTimeout(200, undefined);
  for (let n = 0; n < 6; n++) {
    await wait(50);
    idle.restart();
  }
  assertEquals(idle.signal.aborted, false);
  idle.stop();
});

Deno.test("IdleTimeout stopped leaves no timer behind and hears no caller", async () => {
  const controller = new AbortController();
  const idle = new IdleTimeout(10, controller.signal);
  idle.stop();
  controller.abort();
  await wait(30);
  assertEquals([idle.signal.aborted, idle.reason], [false, undefined]);
});

for (const when of ["before", "later"]) {
  Deno.test(`IdleTimeout fires for a caller that aborts ${when}, without a reason of its own`, () => {
    const controller = new AbortController();
    if (when === "before") controller.abort();
    const idle = new IdleTimeout(1000, controller.signal);
    controller.abort();
    assertEquals([idle.signal.aborted, idle.reason], [true, undefined]);
    idle.stop();
  });
}
