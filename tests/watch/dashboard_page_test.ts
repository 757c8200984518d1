import { assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { initialize } from "../../src/model/initialize.ts";
import { architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { filterFigure } from "../../src/watch/dashboard.ts";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { inTemporaryFolder, namesIn } from "../data/temporary_folder.ts";
import { TINY } from "../train/tiny.ts";
import { type WatchedTask, withWatchedTask } from "./watched_task.ts";

/** The charts of the page: loss of every step, loss and accuracy of every epoch. */
declare const plots: readonly {
  readonly plot: { readonly data: readonly (readonly number[])[] };
}[];

/** More epochs than anybody waits for. */
const ENDLESS = "--synthetic --limit 600 --epochs 9999 --schedule constant --backend wasm".split(
  " ",
);

/** A training of synthetic digits as a browser shows it. */
function testTraining(
  name: string,
  args: readonly string[],
  test: (task: WatchedTask, folder: string) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: !HAS_CHROMIUM,
    fn: () =>
      inTemporaryFolder((folder) =>
        withWatchedTask(
          "train",
          [...args, "--out", `${folder}/net.safetensors`],
          (task) => test(task, folder),
        )
      ),
  });
}

for (const dark of [false, true]) {
  testTraining(
    `Dashboard fits a phone without scrolling sideways, ${dark ? "dark" : "light"}`,
    ENDLESS,
    async ({ url }) => {
      await withPage(url, async ({ page }) => {
        await page.locator("#confusion table").waitFor();
        assertEquals(await page.evaluate(() => document.documentElement.scrollWidth), 390);
        const background = await page.evaluate(() =>
          getComputedStyle(document.body).backgroundColor
        );
        assertEquals(background, dark ? "rgb(20, 23, 27)" : "rgb(255, 255, 255)");
      }, { width: 390, dark });
    },
  );
}

/** How many steps are drawn, once there are so many. */
async function stepsDrawn(page: Page, least: number): Promise<number> {
  await page.waitForFunction((least) => plots[0].plot.data[0].length >= least, least);
  return await page.evaluate(() => plots[0].plot.data[0].length);
}

function pass(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function sum(numbers: readonly string[]): number {
  return numbers.reduce((total, number) => total + Number(number), 0);
}

function pictures(html: string): number {
  return html.match(/<img /g)?.length ?? 0;
}

testTraining(
  "Dashboard shows what a network learns while it does, from this machine alone",
  ENDLESS,
  async ({ url }) => {
    await withPage(url, async ({ page, complaints, requests }) => {
      const before = await stepsDrawn(page, 1);
      await stepsDrawn(page, before + 20);
      assertEquals(await page.textContent("h1"), "lenet5 on synthetic digits");
      assertEquals(await page.textContent("#state"), "Training");
      assertMatch(
        await page.innerText("#facts"),
        /^epoch\n+\d+ of 9999\n+step\n+\d+ of 5\n+loss\n/,
      );
      const confusion = await page.locator("#confusion td:is(.right, .wrong)").allTextContents();
      assertEquals(sum(confusion), 50); // a twelfth is set aside
      assertEquals(await page.locator("#pictures img").count(), 20);
      assertEquals(await page.locator("#filters img").count(), 6);
      // Both lines of both charts have a point for every epoch.
      await page.waitForFunction(() => plots[1].plot.data[0].length > 2);
      assertEquals(await page.evaluate(() => plots.map(({ plot }) => plot.data.length)), [3, 3, 3]);
      // The network is a better one by and by: so are its answers.
      await page.waitForFunction(() => document.querySelector("#pictures .wrong") === null);
      assertEquals(complaints, []);
      assertEquals(requests, [`${url}/`, `${url}/events`]);
    });
  },
);

testTraining(
  "Dashboard pauses a run for all viewers, and keeps what was drawn when a page is loaded anew",
  ENDLESS,
  async ({ url }) => {
    await withPage(url, (first) =>
      withPage(url, async (second) => {
        await stepsDrawn(first.page, 10);
        await first.page.getByRole("button", { name: "Pause" }).click();
        await second.page.getByRole("button", { name: "Resume" }).waitFor();
        assertEquals(await second.page.textContent("#state"), "Paused");

        // The step under way may still be shown.
        await pass(500);
        const paused = await stepsDrawn(first.page, 10);
        await pass(1000);
        assertEquals(await stepsDrawn(first.page, 1), paused);
        await first.page.reload();
        assertEquals(await stepsDrawn(first.page, 1), paused);
        assertEquals(await first.page.textContent("#state"), "Paused");
        assertEquals(await first.page.locator("#pictures img").count(), 20);

        // By keyboard.
        await second.page.getByRole("button", { name: "Resume" }).focus();
        await second.page.keyboard.press("Enter");
        for (const { page, complaints } of [first, second]) {
          await stepsDrawn(page, paused + 10);
          assertEquals(await page.textContent("#state"), "Training");
          assertEquals(complaints, []);
        }
      }));
  },
);

testTraining(
  "Dashboard stops a paused run as Ctrl-C does, keeps its checkpoint, and says how to go on",
  ENDLESS,
  async ({ url, process, rest }, folder) => {
    await withPage(url, async ({ page, complaints, requests }) => {
      await page.waitForFunction(() => plots[1].plot.data[0].length > 0);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Resume" }).waitFor();
      await page.getByRole("button", { name: "Stop" }).click();
      assertEquals((await process.status).code, 130);
      const said = await rest();
      assertMatch(said, /go on after epoch \d+ with --resume .*net\.safetensors\.checkpoint/);
      assertEquals(await namesIn(folder), ["net.safetensors.checkpoint"]);

      await page.locator("[data-state=over]").waitFor();
      assertStringIncludes(said, await page.textContent("#state") ?? "nothing");
      assertEquals(await page.locator("button:enabled").count(), 0);
      assertGreater(await stepsDrawn(page, 1), 1);
      assertEquals(complaints, []);
      assertEquals(requests, ["", "events", "pause", "stop"].map((path) => `${url}/${path}`));
    });
  },
);

/** A network that takes longer to train than a browser to open the page. */
const SLOW = "lenet-caffe";

testTraining(
  "Dashboard leaves the page as it is when the run is done, and lets the process end",
  `--network ${SLOW} --synthetic --limit 600 --epochs 20 --backend wasm`.split(" "),
  async ({ url, process, rest }, folder) => {
    await withPage(url, async ({ page, complaints }) => {
      assertEquals([(await process.status).code, await rest()], [0, ""]);
      await page.locator("[data-state=over]").waitFor();
      assertEquals(await page.textContent("#state"), `Done: ${folder}/net.safetensors written`);
      assertEquals(await page.evaluate(() => plots[1].plot.data[0].length), 20);
      assertEquals(await stepsDrawn(page, 1), 100);
      assertMatch(await page.innerText("#facts"), /^epoch\n+20 of 20\n+step\n+5 of 5\n/);
      assertStringIncludes(await page.title(), `100 % ${SLOW} `);
      assertEquals(await page.locator("#pictures img").count(), 20);
      assertEquals(complaints, []);
    });
  },
);

testTraining(
  "Dashboard's page says that the connection ended when the process is killed, and asks no more",
  ENDLESS,
  async ({ url, process }) => {
    await withPage(url, async ({ page, requests }) => {
      await stepsDrawn(page, 1);
      process.kill("SIGKILL");
      await page.getByText("The connection ended").waitFor();
      assertEquals(await page.locator("button:enabled").count(), 0);
      await pass(5000); // a browser would ask again after three seconds
      assertEquals(requests, [`${url}/`, `${url}/events`]);
    });
  },
);

Deno.test("filterFigure shows every filter of the first convolution, grey or in colour", () => {
  for (
    const [network, filters] of [[lenet5(), 6], [architectureByName("lenet-cifar10"), 16]] as const
  ) {
    const { text } = filterFigure(network, initialize(network))!;
    assertEquals(pictures(text), filters);
    assertMatch(text, new RegExp(`conv1</strong> ${filters} filters of 5×5, black -\\d`));
    // In a PNG, the byte after width, height and depth says whether it is grey (0) or coloured (2).
    const [, png] = text.match(/base64,([^"]+)/)!;
    assertEquals(atob(png).charCodeAt(25), network.input[0] === 3 ? 2 : 0);
  }
});

Deno.test("filterFigure shows nothing of a network without convolutions", () => {
  const dense = {
    ...TINY,
    layers: [{ kind: "flatten" }, { kind: "dense", name: "fc1", units: 3 }],
  } as const;
  assertEquals(filterFigure(dense, initialize(dense)), undefined);
});

Deno.test("filterFigure says which weight is black and which is white", () => {
  const weights = new Map(initialize(TINY));
  const { shape, data } = weights.get("conv1.weight")!;
  weights.set("conv1.weight", {
    shape,
    data: data.map((_, i) => i === 0 ? -2 : i === 1 ? 0.5 : 0),
  });
  assertStringIncludes(filterFigure(TINY, weights)!.text, "black -2.00, white 0.500");
});
