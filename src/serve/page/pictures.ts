import { button, element } from "./elements.ts";

/**
 * Takes pictures that are chosen, dropped anywhere on the page, or pasted.
 *
 * @param onPicture Told of each file.
 */
export function takePictures(onPicture: (file: File) => void): void {
  const input = element("file", HTMLInputElement);
  button("open", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The same file may be chosen again.
    if (file) onPicture(file);
    input.value = "";
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const file = clipboardData?.files[0];
    if (file) onPicture(file);
  });
  const { body } = document;
  const mark = (isOver: boolean) => body.classList.toggle("over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(event.dataTransfer?.types.includes("Files") ?? false);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) mark(false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const file = event.dataTransfer?.files[0];
    if (file) onPicture(file);
  });
}

/** The side of what is read of a camera, in pixels. */
const SIDE = 400;

/** How long a look lasts, in milliseconds. */
const PAUSE = 120;

/** Shows what the camera sees, and has it read again and again. */
export class Camera {
  readonly #video = element("video", HTMLVideoElement);
  readonly #onLook: (picture: ImageData) => void;
  readonly #canvas = new OffscreenCanvas(SIDE, SIDE);
  readonly #context = this.#canvas.getContext("2d", {
    willReadFrequently: true,
  }) as OffscreenCanvasRenderingContext2D;
  /** Replaced by every start and stop, so that a start that takes long notices that it is outdated. */
  #latest = {};
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * @param onLook Told of what is in the middle of the camera's picture.
   */
  constructor(onLook: (picture: ImageData) => void) {
    this.#onLook = onLook;
  }

  /** Whether there may be a camera that may be used. */
  static get isPossible(): boolean {
    return navigator.mediaDevices?.getUserMedia !== undefined;
  }

  /** Whether it looks. */
  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** Turns it on, which the browser may ask about. It stays off if it is stopped, or started anew, meanwhile. */
  async start(): Promise<void> {
    this.stop();
    const video = this.#video;
    const latest = this.#latest;
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1280 } },
    });
    if (latest !== this.#latest) return release(stream);
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    if (latest !== this.#latest) return;
    this.#timer = setInterval(() => this.#onLook(this.look()), PAUSE);
  }

  /** The square in the middle of what it sees now. */
  look(): ImageData {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const side = Math.min(width, height);
    this.#context.drawImage(
      this.#video,
      (width - side) / 2,
      (height - side) / 2,
      side,
      side,
      0,
      0,
      SIDE,
      SIDE,
    );
    return this.#context.getImageData(0, 0, SIDE, SIDE);
  }

  /** Turns it off. */
  stop(): void {
    this.#latest = {};
    clearInterval(this.#timer);
    this.#timer = undefined;
    const { srcObject } = this.#video;
    if (srcObject instanceof MediaStream) release(srcObject);
    this.#video.srcObject = null;
    this.#video.hidden = true;
  }
}

/** Turns the device off. */
function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
