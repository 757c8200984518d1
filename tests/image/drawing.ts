/** A two, unlike its mirror images, in a box of 0 to 1. */
const TWO: readonly (readonly [x: number, y: number])[] = [
  [0.05, 0.3],
  [0.2, 0.05],
  [0.6, 0],
  [0.9, 0.2],
  [0.85, 0.45],
  [0, 1],
  [1, 0.95],
];

/** How to draw: sizes in pixels, levels in brightness. */
export interface Drawing {
  readonly width?: number;
  readonly height?: number;
  /** Upper left corner of the line. */
  readonly x?: number;
  readonly y?: number;
  /** Size of the line; the pen reaches over it on every side. */
  readonly boxWidth?: number;
  readonly boxHeight?: number;
  /** Width of the pen. */
  readonly pen?: number;
  readonly ink?: number;
  readonly paper?: number;
}

/** The share of ink of every pixel of a two, 0 to 1, with soft edges. */
export function drawInk(drawing: Drawing = {}): Float32Array<ArrayBuffer> {
  const { width = 100, height = 100, x = 30, y = 25, boxWidth = 35, boxHeight = 50, pen = 7 } =
    drawing;
  const points = TWO.map(([px, py]) => [x + px * boxWidth, y + py * boxHeight]);
  return Float32Array.from({ length: width * height }, (_, i) => {
    const [cx, cy] = [i % width + 0.5, Math.floor(i / width) + 0.5];
    let nearest = Infinity;
    for (let k = 1; k < points.length; k++) {
      const [[ax, ay], [bx, by]] = [points[k - 1], points[k]];
      const along = ((cx - ax) * (bx - ax) + (cy - ay) * (by - ay)) /
        ((bx - ax) ** 2 + (by - ay) ** 2);
      const t = Math.min(1, Math.max(0, along));
      nearest = Math.min(nearest, Math.hypot(cx - ax - t * (bx - ax), cy - ay - t * (by - ay)));
    }
    return Math.min(1, Math.max(0, pen / 2 + 0.5 - nearest));
  });
}

/** A two on paper. */
export function drawGrey(
  drawing: Drawing = {},
): { data: Uint8Array<ArrayBuffer>; width: number; height: number } {
  const { width = 100, height = 100, ink = 0, paper = 255 } = drawing;
  const data = Uint8Array.from(
    drawInk(drawing),
    (share) => Math.round(paper + share * (ink - paper)),
  );
  return { data, width, height };
}

/** Red, green, blue and alpha for every pixel, from what each pixel is to be. */
export function rgba(
  values: ArrayLike<number>,
  colour: (value: number) => readonly [number, number, number, number],
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) data.set(colour(values[i]), 4 * i);
  return data;
}

/** The mean absolute difference of two pictures. */
export function difference(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

/** Centre of mass of 28×28 pixels. */
export function centreOf(pixels: Float32Array): [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((value, i) => {
    mass += value;
    x += value * (i % 28);
    y += value * Math.floor(i / 28);
  });
  return [x / mass, y / mass];
}

/** The smallest box around all pixels above 0 of 28×28. */
export function boxOf(pixels: Float32Array): { width: number; height: number } {
  const inked = [...pixels.keys()].filter((i) => pixels[i] > 0);
  const columns = inked.map((i) => i % 28);
  const rows = inked.map((i) => Math.floor(i / 28));
  return {
    width: Math.max(...columns) - Math.min(...columns) + 1,
    height: Math.max(...rows) - Math.min(...rows) + 1,
  };
}
