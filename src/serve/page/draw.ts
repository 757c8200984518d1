/** The width of the pen, as a share of the sheet's side. */
const PEN = 0.06;

/** As much of a 2d context as drawing takes. */
type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A square canvas that strokes are drawn on. */
export class Sheet {
  readonly #context: Context;
  readonly #ink: () => string;
  readonly #paper: string | undefined;

  /**
   * @param context The canvas's; its width is taken for its side.
   * @param ink The colour of the pen, asked for at every stroke.
   * @param paper The colour of the ground; left out, the canvas is transparent.
   */
  constructor(context: Context, ink: () => string, paper?: string) {
    this.#context = context;
    this.#ink = ink;
    this.#paper = paper;
    this.draw([]);
  }

  /** Draws a straight line with round ends. */
  line(from: Point, to: Point): void {
    this.#path([from, to]);
  }

  /** Draws all strokes, and nothing else. */
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
    context.lineWidth = side * PEN;
    context.lineCap = "round";
    context.lineJoin = "round";
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    // A line to its own beginning is a dot.
    for (const [x, y] of rest.length === 0 ? [first] : rest) context.lineTo(x * side, y * side);
    context.stroke();
  }
}

/** What a pen wrote, shown on any number of sheets. */
export class Drawing {
  readonly #sheets: readonly Sheet[];
  readonly #strokes: Stroke[] = [];
  /** The stroke that is being drawn, unless it was taken back meanwhile. */
  #open: Stroke | undefined;

  /**
   * @param sheets Where it is shown.
   */
  constructor(...sheets: readonly Sheet[]) {
    this.#sheets = sheets;
  }

  /** Whether nothing was written. */
  get isEmpty(): boolean {
    return this.#strokes.length === 0;
  }

  /** Puts the pen down. */
  begin(at: Point): void {
    this.#open = [at];
    this.#strokes.push(this.#open);
    for (const sheet of this.#sheets) sheet.line(at, at);
  }

  /** Draws a line from where the pen is. Draws nothing if the stroke was taken back, until the pen is put down again. */
  lineTo(to: Point): void {
    const stroke = this.#open;
    if (stroke === undefined) return;
    const from = stroke[stroke.length - 1];
    stroke.push(to);
    for (const sheet of this.#sheets) sheet.line(from, to);
  }

  /** Takes the last stroke back. */
  undo(): void {
    this.#strokes.pop();
    this.#open = undefined;
    this.redraw();
  }

  /** Takes everything back. */
  clear(): void {
    this.#strokes.length = 0;
    this.#open = undefined;
    this.redraw();
  }

  /** Draws everything anew, after a sheet changed its size or colours. */
  redraw(): void {
    for (const sheet of this.#sheets) sheet.draw(this.#strokes);
  }
}

/** A place on a sheet: 0 to 1 from left to right and from top to bottom. */
type Point = readonly [x: number, y: number];

/** Where a pen went between being put down and being lifted; at least one point. */
export type Stroke = Point[];

/** What a pen tells of itself. */
interface PenListener {
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

/** How far a key moves the pen, as a share of the sheet's side; with Shift, a quarter of it. */
const STEP = 0.04;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a pen that is moved by keys tells besides. */
interface KeyboardPenListener extends PenListener {
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
