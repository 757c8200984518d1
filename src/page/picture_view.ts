import { element } from "./elements.ts";

/** Shows a picture that was opened, whole, in place of the drawing. */
export class PictureView {
  readonly #canvas = element("picture", HTMLCanvasElement);

  /** Whether it shows nothing. */
  get isHidden(): boolean {
    return this.#canvas.hidden !== false;
  }

  /**
   * @param picture What to show: a bitmap, a canvas, a video. It is left as it is.
   * @param width Its width in pixels.
   * @param height Its height in pixels.
   */
  show(picture: CanvasImageSource, width: number, height: number): void {
    this.#canvas.hidden = false;
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio) || 560;
    const scale = Math.min(side / width, side / height);
    this.#canvas.width = this.#canvas.height = side;
    const context = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
    const [across, down] = [width * scale, height * scale];
    context.drawImage(picture, (side - across) / 2, (side - down) / 2, across, down);
  }

  /** Shows nothing. */
  hide(): void {
    this.#canvas.hidden = true;
  }
}
