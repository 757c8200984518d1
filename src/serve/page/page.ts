/**
 * The page: an area to draw on, the answer of the network and its activations, and corrections that fine-tune it.
 *
 * @module
 */

import type { Activation, Classification, DigitImage, Reading } from "../../../mod.ts";
import { aDigit, button, colour, element, enable, sentence, watchColours } from "./display.ts";
import { drawByKeys, drawByPointer, Drawing, Sheet } from "./draw.ts";
import { unpackKernels } from "./packed.ts";
import { Camera, PictureView, receivePictures } from "./pictures.ts";
import { Reader } from "./reader.ts";
import { UserNetwork } from "./user_network.ts";
import { AnswerView, CorrectionsView, LinesView, StagesView } from "./views.ts";

/** Side of the picture that is read from the drawing, in pixels. It is independent of the screen, and so is the answer. */
const SIDE = 160;

/** The picture that is read, and its answer as soon as there is one; undefined before the first stroke. */
let current: { readonly image: DigitImage; answer?: Classification } | undefined;

/** Replaced by every action of the user, so that a pending action can tell that it is outdated. */
let latest = {};

/** The requested animation frame that will read the drawing. */
let frame: number | undefined;

/** The last stroke: the picture at its end and the time of its end, until it is answered. */
let strokeEnd: { readonly image: DigitImage; readonly time: number } | undefined;

const canvas = element("drawing", HTMLCanvasElement);

const hint = element("hint", HTMLElement);

const status = element("status", HTMLElement);

const progress = element("progress", HTMLProgressElement);

const screenContext = canvas.getContext("2d") as CanvasRenderingContext2D;

const readContext = newReadContext();

const drawing = new Drawing(
  new Sheet(screenContext, () => colour("--ink")),
  newReadSheet(readContext),
);

const picture = new PictureView();

const answers = new AnswerView((digit) => attempt(correct(digit)));

const lines = new LinesView((length) => {
  reader.expect(length);
  if (current) read(current.image);
});

const stages = new StagesView();

const corrections = new CorrectionsView((correction) => attempt(network.remove(correction)));

const reader = new Reader({ onAnswer, onReading, onStages, onFailure });

const network = new UserNetwork({
  onNet(net, reject) {
    reader.use(net, reject);
    if (current) read(current.image);
  },
  onCorrections(all) {
    corrections.show(all);
    enable(startOver, all.length > 0);
  },
  onProgress(share) {
    progress.hidden = share === undefined;
    progress.value = share ?? 0;
  },
  onStatus: showStatus,
});

const camera = new Camera(() => attempt(useCamera()), read);

const clear = button("clear", () => {
  reset();
  clearStatus();
  answers.announce("Cleared");
  canvas.focus({ preventScroll: true });
});

const undo = button("undo", undoStroke);

const startOver = button("forget", () => dialog.showModal());

button("download", download);

const dialog = element("sure-to-forget", HTMLDialogElement);

dialog.addEventListener("close", () => {
  if (dialog.returnValue === "forget") attempt(network.clear());
});

const pen = {
  onBegin() {
    if (camera.isOn || !picture.isHidden) reset();
    else cancelPending();
    clearStatus();
    hint.hidden = true;
  },
  onInk: readWithNextFrame,
  onEnd(time: number) {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    if (!drawing.isEmpty) strokeEnd = { image: readDrawing(), time };
  },
};

drawByPointer(canvas, drawing, pen);

drawByKeys(canvas, element("pen", HTMLElement), drawing, {
  ...pen,
  onUndo: undoStroke,
  announce: (text) => answers.announce(text),
});

receivePictures((file) => attempt(open(file)));

new ResizeObserver(fitCanvas).observe(canvas);

watchColours(() => {
  drawing.redraw();
  corrections.redraw();
  stages.redraw();
});

answers.clear();

await unpackKernels().then(() => network.load()).catch((error) => showStatus(sentence(error)));

await warmUp();

performance.mark("ready");

// Caches the page. Fails where service workers are not allowed, as on plain HTTP; the page then needs its server.
navigator.serviceWorker?.register("service-worker.js").catch(() => {});

/** Clears the drawing, the picture and the results. */
function reset(): void {
  cancelPending();
  picture.hide();
  drawing.clear();
  reader.stop();
  reader.expect(undefined);
  lines.clear();
  current = undefined;
  hint.hidden = false;
  answers.clear();
  stages.clear();
  enableTools();
}

/** Drops pictures and cameras that are not ready yet: they would replace something newer. */
function cancelPending(): void {
  latest = {};
  camera.stop();
}

function enableTools(): void {
  enable(clear, current !== undefined || !drawing.isEmpty || camera.isOn);
  enable(undo, !drawing.isEmpty);
}

function undoStroke(): void {
  if (drawing.isEmpty) return;
  drawing.undo();
  if (drawing.isEmpty) reset();
  else readDrawing();
}

/** Reads the drawing at most once per frame. */
function readWithNextFrame(): void {
  frame ??= requestAnimationFrame(() => {
    frame = undefined;
    if (!drawing.isEmpty) readDrawing();
  });
}

/** Reads the drawing, redrawn in one piece: lines that were drawn one by one have visible joints. */
function readDrawing(): DigitImage {
  drawing.redraw();
  const image = readContext.getImageData(0, 0, SIDE, SIDE);
  read(image);
  return image;
}

function read(image: DigitImage): void {
  current = { image };
  reader.read(image);
  enableTools();
}

function onAnswer(answer: Classification, image: DigitImage): void {
  if (current === undefined) return;
  if (image === current.image) current.answer = answer;
  answers.show(answer);
  if (answer.reason !== "several-digits") lines.hide();
  if (performance.getEntriesByName("first-answer").length === 0) performance.mark("first-answer");
  if (image !== strokeEnd?.image) return;
  performance.measure("stroke-to-answer", { start: strokeEnd.time, end: performance.now() });
  strokeEnd = undefined;
}

function onReading(reading: Reading<string | null>): void {
  if (current !== undefined) answers.announceLater(lines.show(reading));
}

function onStages(activations: readonly Activation[]): void {
  if (current !== undefined) stages.show(activations);
}

function onFailure(error: unknown): void {
  reset();
  showStatus(sentence(error));
}

async function open(file: File): Promise<void> {
  reset();
  clearStatus();
  const asked = latest;
  // A file that the browser cannot decode is read all the same: the library may, or says what is wrong with it.
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (asked !== latest) return bitmap?.close();
  if (bitmap) picture.show(bitmap, bitmap.width, bitmap.height);
  bitmap?.close();
  hint.hidden = true;
  read(file);
}

async function useCamera(): Promise<void> {
  if (camera.isOn) return takePicture();
  reset();
  clearStatus();
  const asked = latest;
  try {
    await camera.start();
  } catch (error) {
    if (asked !== latest) return;
    camera.stop();
    return showStatus(`Cannot use the camera: ${sentence(error)}`);
  }
  if (asked !== latest) return;
  hint.hidden = true;
  enableTools();
}

/** Replaces the preview of the camera by a picture, and reads it. */
function takePicture(): void {
  const image = camera.takePicture();
  const still = new OffscreenCanvas(image.width, image.height);
  still.getContext("2d")?.putImageData(image, 0, 0);
  camera.stop();
  picture.show(still, image.width, image.height);
  read(image);
}

/** Adds a correction: the current picture shows this digit. */
async function correct(label: number): Promise<void> {
  if (camera.isOn) takePicture();
  const { net, reject } = network;
  if (!current || !net) return showStatus("Draw a digit first, or open a picture of one.");
  const { image } = current;
  const answer = current.answer ??
    await net.classify(image, reject === undefined ? {} : { reject });
  const { reason } = answer;
  if (reason === "no-ink" || reason === "too-faint") {
    return showStatus("There is no ink to learn from.");
  }
  if (answer.digit === label) {
    return showStatus(`The network reads this as ${aDigit(label)} already.`);
  }
  const [input] = await net.activations(image);
  const { mean: [mean], std: [std] } = net.model.metadata.normalization;
  await network.correct({
    pixels: Uint8Array.from(input.values, (value) => Math.round((value * std + mean) * 255)),
    label,
    // Only these reasons depend on the threshold, which a correction lowers.
    digitProbability: reason === "not-a-digit" || reason === "several-digits"
      ? answer.digitProbability
      : null,
  });
}

function download(): void {
  const { net } = network;
  if (!net) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([net.save()]));
  link.download = "lenet.safetensors";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Shows why a task failed, such as storing a correction when the disk is full. */
function attempt(task: Promise<void>): void {
  task.catch((error) => showStatus(sentence(error)));
}

function showStatus(text: string): void {
  status.textContent = text;
}

/** Removes the status of an earlier picture, but not that of a running fine-tuning. */
function clearStatus(): void {
  if (progress.hidden) showStatus("");
}

/** Adapts the canvas to the resolution of the screen. */
function fitCanvas(): void {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (side === 0 || side === canvas.width) return;
  canvas.width = canvas.height = side;
  drawing.redraw();
}

/** Classifies a sample, so that everything is loaded and compiled before the first stroke ends. */
async function warmUp(): Promise<void> {
  if (current || !network.net) return;
  const sample = newReadContext();
  newReadSheet(sample).line([0.4, 0.2], [0.6, 0.8]);
  const image = sample.getImageData(0, 0, SIDE, SIDE);
  await network.net.classify(image);
  await network.net.activations(image);
}

/** A canvas whose pixels are read by the network. */
function newReadContext(): OffscreenCanvasRenderingContext2D {
  return new OffscreenCanvas(SIDE, SIDE).getContext("2d", {
    willReadFrequently: true,
  }) as OffscreenCanvasRenderingContext2D;
}

/** A sheet of black ink on white paper. */
function newReadSheet(context: OffscreenCanvasRenderingContext2D): Sheet {
  return new Sheet(context, () => "#000", "#fff");
}
