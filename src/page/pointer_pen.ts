import type { Drawing } from "./drawing.ts";
import type { Point } from "./stroke.ts";

/** What a pen tells of itself. */
export interface PenListener {
  /** The pen is about to be put down. */
  readonly onBegin: () => void;
  /** It wrote something. */
  readonly onInk: () => void;
  /** It was lifted, at this time in milliseconds since the page was loaded. */
  readonly onEnd: (time: number) => void;
}

/**
 * Lets mouse, fingers and pens draw. One draws at a time.
 *
 * @param canvas Where.
 * @param drawing What they draw.
 * @param listener Told of it.
 */
export function drawByPointer(
  canvas: HTMLCanvasElement,
  drawing: Drawing,
  { onBegin, onInk, onEnd }: PenListener,
): void {
  let drawn: number | undefined;
  const place = ({ clientX, clientY }: PointerEvent, box: DOMRect): Point => [
    (clientX - box.left) / box.width,
    (clientY - box.top) / box.height,
  ];
  canvas.addEventListener("pointerdown", (event) => {
    if (drawn !== undefined || event.button !== 0) return;
    drawn = event.pointerId;
    canvas.setPointerCapture(drawn);
    onBegin();
    drawing.begin(place(event, canvas.getBoundingClientRect()));
    onInk();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawn) return;
    const box = canvas.getBoundingClientRect();
    // All places since the last frame: a quick hand makes curves, not corners.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) drawing.lineTo(place(each, box));
    onInk();
  });
  const end = (event: PointerEvent): void => {
    if (event.pointerId !== drawn) return;
    drawn = undefined;
    onEnd(event.timeStamp);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
}
