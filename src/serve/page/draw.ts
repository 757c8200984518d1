/** Width of the strokes, as a share of the side of the sheet. */
const STROKE_WIDTH = 0.06;

/** A point on a sheet: 0 to 1 from left to right and from top to bottom. */
type Point = readonly [x: number, y: number];

/** The points of a stroke, at least one. */
export type Stroke = Point[];

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A square canvas on which strokes are drawn. */
export class Sheet {
  readonly #context: Context;
  readonly #ink: () => string;
  readonly #paper: string | undefined;

  /**
   * @param context The context of the canvas.
   * @param ink Returns the colour of the strokes, which may change.
   * @param paper The colour of the background; transparent if undefined.
   */
  constructor(context: Context, ink: () => string, paper?: string) {
    this.#context = context;
    this.#ink = ink;
    this.#paper = paper;
    this.draw([]);
  }

  /** Draws a straight line with round ends, or a dot. */
  line(from: Point, to: Point): void {
    this.#path([from, to]);
  }

  /** Clears the canvas and draws strokes. */
  draw(strokes: readonly Stroke[]): void {
    const { canvas: { width, height } } = this.#context;
    this.#context.clearRect(0, 0, width, height);
    if (this.#paper !== undefined) {
      this.#context.fillStyle = this.#paper;
      this.#context.fillRect(0, 0, width, height);
    }
    for (const stroke of strokes) this.#path(stroke);
  }

  #path([first, ...rest]: readonly Point[]): void {
    const context = this.#context;
    const { width: side } = context.canvas;
    context.strokeStyle = this.#ink();
    context.lineWidth = side * STROKE_WIDTH;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    // A line to its own start is a dot.
    for (const [x, y] of rest.length === 0 ? [first] : rest) context.lineTo(x * side, y * side);
    context.stroke();
  }
}

/** The strokes of a drawing, drawn on several sheets. */
export class Drawing {
  readonly #sheets: readonly Sheet[];
  readonly #strokes: Stroke[] = [];
  /** The stroke that is being drawn; undefined after it was undone. */
  #open: Stroke | undefined;

  /** @param sheets All of them show the same strokes. */
  constructor(...sheets: readonly Sheet[]) {
    this.#sheets = sheets;
  }

  /** Whether there are no strokes. */
  get isEmpty(): boolean {
    return this.#strokes.length === 0;
  }

  /** Starts a stroke with a dot. */
  begin(at: Point): void {
    this.#open = [at];
    this.#strokes.push(this.#open);
    for (const sheet of this.#sheets) sheet.line(at, at);
  }

  /** Extends the current stroke. Does nothing if it was undone, until the next stroke starts. */
  lineTo(to: Point): void {
    const stroke = this.#open;
    if (stroke === undefined) return;
    const from = stroke[stroke.length - 1];
    stroke.push(to);
    for (const sheet of this.#sheets) sheet.line(from, to);
  }

  /** Removes the last stroke. */
  undo(): void {
    this.#strokes.pop();
    this.#open = undefined;
    this.redraw();
  }

  /** Removes all strokes. */
  clear(): void {
    this.#strokes.length = 0;
    this.#open = undefined;
    this.redraw();
  }

  /** Redraws all strokes, after a change of the size or the colours of a sheet. */
  redraw(): void {
    for (const sheet of this.#sheets) sheet.draw(this.#strokes);
  }
}

/** Receives the events of a pen. */
interface PenListener {
  /** Called before a stroke starts. */
  readonly onBegin: () => void;
  /** Called after the drawing has changed. */
  readonly onInk: () => void;
  /** Called after a stroke, with the time of its end in milliseconds since the page was loaded. */
  readonly onEnd: (time: number) => void;
}

/**
 * Draws with the mouse, fingers and pens, one at a time.
 *
 * @param canvas The canvas that receives the events.
 * @param drawing The drawing to add strokes to.
 * @param listener Receives the events of the pen.
 */
export function drawByPointer(
  canvas: HTMLCanvasElement,
  drawing: Drawing,
  { onBegin, onInk, onEnd }: PenListener,
): void {
  let active: number | undefined;
  const pointOf = ({ clientX, clientY }: PointerEvent, box: DOMRect): Point => [
    (clientX - box.left) / box.width,
    (clientY - box.top) / box.height,
  ];
  canvas.addEventListener("pointerdown", (event) => {
    if (active !== undefined || event.button !== 0) return;
    active = event.pointerId;
    canvas.setPointerCapture(active);
    onBegin();
    drawing.begin(pointOf(event, canvas.getBoundingClientRect()));
    onInk();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== active) return;
    const box = canvas.getBoundingClientRect();
    // All points since the last frame, so that fast strokes are curves, not polygons.
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length > 0 ? events : [event]) drawing.lineTo(pointOf(each, box));
    onInk();
  });
  const end = (event: PointerEvent): void => {
    if (event.pointerId !== active) return;
    active = undefined;
    onEnd(event.timeStamp);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
}

/** Distance of one key press, as a share of the side of the sheet; a quarter of it with Shift. */
const STEP = 0.04;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Receives the events of a pen that is moved by keys. */
interface KeyboardPenListener extends PenListener {
  /** Called when the last stroke is to be undone. */
  readonly onUndo: () => void;
  /** Called with a text for screen readers. */
  readonly announce: (text: string) => void;
}

/**
 * Draws with the keyboard: arrow keys, two at a time for diagonal lines, move the pen; the space bar lowers and lifts it.
 *
 * @param canvas The canvas that receives the events when it has the focus.
 * @param mark The element that shows the position of the pen.
 * @param drawing The drawing to add strokes to.
 * @param listener Receives the events of the pen.
 */
export function drawByKeys(
  canvas: HTMLCanvasElement,
  mark: HTMLElement,
  drawing: Drawing,
  { onBegin, onInk, onEnd, onUndo, announce }: KeyboardPenListener,
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
      announce("Pen lifted");
    } else {
      isDown = true;
      onBegin();
      drawing.begin(at);
      onInk();
      announce("Pen down");
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
    // Focus by the mouse needs no mark.
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

/** Keeps the whole stroke on the sheet. */
function clamp(value: number): number {
  return Math.min(0.96, Math.max(0.04, value));
}
