import { assertEquals } from "@std/assert";
import { Drawing, type Sheet, type Stroke } from "../../../src/serve/page/draw.ts";

/** A drawing, and what was drawn anew on its sheet last. */
function newDrawing() {
  const shown: { strokes: readonly Stroke[] } = { strokes: [] };
  const sheet = {
    line() {},
    draw(strokes: readonly Stroke[]) {
      shown.strokes = strokes.map((stroke) => [...stroke]);
    },
  };
  return { drawing: new Drawing(sheet as unknown as Sheet), shown };
}

Deno.test("Drawing leaves the stroke before as it is when the one that is being drawn is taken back", () => {
  const { drawing, shown } = newDrawing();
  drawing.begin([0.1, 0.1]);
  drawing.lineTo([0.1, 0.9]);
  drawing.begin([0.8, 0.1]);
  drawing.lineTo([0.8, 0.5]);
  drawing.undo();
  // The pen is still down.
  drawing.lineTo([0.8, 0.9]);
  drawing.redraw();
  assertEquals(shown.strokes, [[[0.1, 0.1], [0.1, 0.9]]]);
  drawing.begin([0.5, 0.5]);
  drawing.lineTo([0.6, 0.6]);
  drawing.redraw();
  assertEquals(shown.strokes[1], [[0.5, 0.5], [0.6, 0.6]]);
});

Deno.test("Drawing stays empty after everything was taken back until the pen is put down again", () => {
  const { drawing } = newDrawing();
  drawing.begin([0.1, 0.1]);
  drawing.clear();
  drawing.lineTo([0.2, 0.2]);
  assertEquals(drawing.isEmpty, true);
  drawing.begin([0.3, 0.3]);
  assertEquals(drawing.isEmpty, false);
});
