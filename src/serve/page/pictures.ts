import { button, element } from "./display.ts";

/**
 * Receives pictures that the user opens, drops anywhere on the page, or pastes.
 *
 * @param onPicture Called with each file.
 */
export function receivePictures(onPicture: (file: File) => void): void {
  const input = element("file", HTMLInputElement);
  button("open", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) onPicture(file);
    // Choosing the same file again would not be a change.
    input.value = "";
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const file = clipboardData?.files[0];
    if (file) onPicture(file);
  });
  const { body } = document;
  const highlight = (isOver: boolean) => body.classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    highlight(event.dataTransfer?.types.includes("Files") ?? false);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) highlight(false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    highlight(false);
    const file = event.dataTransfer?.files[0];
    if (file) onPicture(file);
  });
}

/** Shows an opened picture in place of the drawing. */
export class PictureView {
  readonly #canvas = element("picture", HTMLCanvasElement);

  /** Whether no picture is shown. */
  get isHidden(): boolean {
    return this.#canvas.hidden !== false;
  }

  /**
   * Shows a picture, scaled to fit.
   *
   * @param picture A bitmap, a canvas or a video.
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

  /** Shows the drawing again. */
  hide(): void {
    this.#canvas.hidden = true;
  }
}

/** Side of the pictures that are read from the camera, in pixels. */
const SIDE = 400;

/** Time between two pictures, in milliseconds. */
const INTERVAL = 120;

/** Shows the preview of the camera, and takes pictures of it continuously. */
export class Camera {
  readonly #button: HTMLButtonElement;
  readonly #name = element("camera-name", HTMLElement);
  readonly #video = element("video", HTMLVideoElement);
  readonly #onPicture: (picture: ImageData) => void;
  readonly #context = new OffscreenCanvas(SIDE, SIDE).getContext("2d", {
    willReadFrequently: true,
  }) as OffscreenCanvasRenderingContext2D;
  /** Replaced by every start and stop, so that a pending start can tell that it is outdated. */
  #session = {};
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param onClick Called when its button is clicked.
   * @param onPicture Called with each picture: the square in the middle of the preview.
   */
  constructor(onClick: () => void, onPicture: (picture: ImageData) => void) {
    this.#button = button("camera", onClick);
    this.#button.hidden = navigator.mediaDevices?.getUserMedia === undefined;
    this.#onPicture = onPicture;
  }

  /** Whether it is taking pictures. */
  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /**
   * Turns the camera on, for which the browser may ask the user. Does nothing more if it is stopped or started again
   * meanwhile.
   */
  async start(): Promise<void> {
    this.stop();
    const session = this.#session;
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
    });
    if (session !== this.#session) return release(stream);
    this.#video.srcObject = stream;
    this.#video.hidden = false;
    await this.#video.play();
    if (session !== this.#session) return;
    this.#timer = setInterval(() => this.#onPicture(this.takePicture()), INTERVAL);
    this.#button.ariaPressed = "true";
    this.#name.textContent = "Capture";
  }

  /** Takes a picture now. */
  takePicture(): ImageData {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const side = Math.min(width, height);
    const [x, y] = [(width - side) / 2, (height - side) / 2];
    this.#context.drawImage(this.#video, x, y, side, side, 0, 0, SIDE, SIDE);
    return this.#context.getImageData(0, 0, SIDE, SIDE);
  }

  /** Turns the camera off. */
  stop(): void {
    this.#session = {};
    clearInterval(this.#timer);
    this.#timer = undefined;
    const { srcObject } = this.#video;
    if (srcObject instanceof MediaStream) release(srcObject);
    this.#video.srcObject = null;
    this.#video.hidden = true;
    this.#button.ariaPressed = "false";
    this.#name.textContent = "Camera";
  }
}

/** Stops the tracks of a stream, which turns the device off. */
function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
