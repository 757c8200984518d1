import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { filterFigure } from "../../scripts/dashboard/filter_figure.ts";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { TINY } from "../train/tiny.ts";

function pictures(html: string): number {
  return html.match(/<img /g)?.length ?? 0;
}

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
