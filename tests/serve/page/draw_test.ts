import { assertEquals } from "@std/assert";
import { Drawing, type Sheet, type Stroke } from "../../../src/serve/page/draw.ts";

/** A drawing, and the strokes of the last redraw of its sheet. */
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

Deno.test("Drawing.undo removes the current stroke and leaves the one before unchanged", () => {
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

Deno.test("Drawing.clear keeps the drawing empty until the next stroke starts", () => {
  const { drawing } = newDrawing();
  drawing.begin([0.1, 0.1]);
  drawing.clear();
  drawing.lineTo([0.2, 0.2]);
  assertEquals(drawing.isEmpty, true);
  drawing.begin([0.3, 0.3]);
  assertEquals(drawing.isEmpty, false);
});
