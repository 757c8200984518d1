import type { Drawing } from "./drawing.ts";
import type { PenListener } from "./pointer_pen.ts";
import type { Point } from "./stroke.ts";

/** How far a key moves the pen, as a share of the sheet's side; with Shift, a quarter of it. */
const STEP = 0.04;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a pen that is moved by keys tells besides. */
export interface KeyboardPenListener extends PenListener {
  /** The last stroke is to be taken back. */
  readonly onUndo: () => void;
  /** Something for people who do not see the pen. */
  readonly say: (text: string) => void;
}

/**
 * Lets keys draw: arrows, two at a time for slanted lines, move the pen, the space bar puts it down and lifts it.
 *
 * @param canvas What has the focus.
 * @param mark Shows where the pen is.
 * @param drawing What is drawn.
 * @param listener Told of it.
 */
export function drawByKeys(
  canvas: HTMLCanvasElement,
  mark: HTMLElement,
  drawing: Drawing,
  { onBegin, onInk, onEnd, onUndo, say }: KeyboardPenListener,
): void {
  const held = new Set<string>();
  let at: Point = [0.5, 0.25];
  let isDown = false;

  const show = (): void => {
    mark.hidden = false;
    mark.classList.toggle("down", isDown);
    mark.style.left = `${at[0] * 100}%`;
    mark.style.top = `${at[1] * 100}%`;
  };
  const lift = (): void => {
    if (!isDown) return;
    isDown = false;
    onEnd(performance.now());
  };
  const toggle = (): void => {
    if (isDown) {
      lift();
      say("Pen lifted");
    } else {
      isDown = true;
      onBegin();
      drawing.begin(at);
      onInk();
      say("Pen down");
    }
  };
  const move = (isFine: boolean): void => {
    const step = isFine ? STEP / 4 : STEP;
    const [dx, dy] = [0, 1].map((axis) =>
      [...held].reduce((sum, key) => sum + ARROWS[key][axis], 0) * step
    );
    at = [clamp(at[0] + dx), clamp(at[1] + dy)];
    if (!isDown) return;
    drawing.lineTo(at);
    onInk();
  };

  canvas.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
    const isUndo = key === "Backspace" || key === "z" && (ctrlKey || metaKey);
    if (!isUndo && (ctrlKey || metaKey || altKey)) return;
    if (isUndo) {
      isDown = false;
      onUndo();
    } else if (key === " " || key === "Enter") {
      if (!repeat) toggle();
    } else if (key in ARROWS) {
      held.add(key);
      move(shiftKey);
    } else if (key === "Escape") lift();
    else return;
    event.preventDefault();
    show();
  });
  canvas.addEventListener("keyup", ({ key }) => held.delete(key));
  canvas.addEventListener("focus", () => {
    // A mouse needs no mark.
    if (canvas.matches(":focus-visible")) show();
  });
  canvas.addEventListener("pointerdown", () => {
    mark.hidden = true;
    isDown = false;
  });
  canvas.addEventListener("blur", () => {
    held.clear();
    lift();
    mark.hidden = true;
  });
}

function clamp(value: number): number {
  return Math.min(0.96, Math.max(0.04, value));
}
