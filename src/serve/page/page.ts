/**
 * The page: something to draw on, what the network makes of it, and what it learns.
 *
 * @module
 */

import type { Activation, Classification, DigitImage } from "../../../mod.ts";
import { CorrectionsView } from "./corrections_view.ts";
import { drawByKeys, drawByPointer, Drawing, Sheet } from "./draw.ts";
import { button, element } from "./elements.ts";
import { OwnNetwork } from "./learner.ts";
import { Camera, takePictures } from "./pictures.ts";
import { Reader } from "./reader.ts";
import { StageView } from "./stage_view.ts";
import {
  aDigit,
  AnswerView,
  colour,
  type ColourName,
  PictureView,
  type Rgb,
  rgb,
  sentence,
  watchColours,
} from "./views.ts";

/** The side of the drawing that is read, in pixels: what is on the screen depends on the screen. */
const SIDE = 160;

/** What is read now: nothing before the first stroke. */
let current: { readonly image: DigitImage; answer?: Classification } | undefined;

/** Replaced with whatever is begun. Pictures and cameras that were asked for before and come later are dropped. */
let latest = {};

/** The frame in which the drawing is to be read. */
let frame: number | undefined;

/** The drawing as it was when the last stroke ended, and when that was. */
let strokeEnd: { readonly image: DigitImage; readonly time: number } | undefined;

const canvas = element("drawing", HTMLCanvasElement);

const hint = element("hint", HTMLElement);

const status = element("status", HTMLElement);

const progress = element("progress", HTMLProgressElement);

const cameraName = element("camera-name", HTMLElement);

const screenContext = canvas.getContext("2d") as CanvasRenderingContext2D;

const readContext = new OffscreenCanvas(SIDE, SIDE).getContext("2d", {
  willReadFrequently: true,
}) as OffscreenCanvasRenderingContext2D;

const drawing = new Drawing(
  new Sheet(screenContext, () => colour("--ink")),
  new Sheet(readContext, () => "#000", "#fff"),
);

const picture = new PictureView();

const answers = new AnswerView((digit) => attempt(correct(digit)));

const stages = {
  input: new StageView("stage-input", { channels: 1, side: 28, columns: 1 }, () => shades("--ink")),
  relu1: new StageView(
    "stage-first",
    { channels: 6, side: 28, columns: 3 },
    () => shades("--accent"),
  ),
  relu2: new StageView(
    "stage-second",
    { channels: 16, side: 10, columns: 4 },
    () => shades("--accent"),
  ),
};

const corrections = new CorrectionsView((correction) => attempt(network.remove(correction)));

const reader = new Reader({ onAnswer, onStages, onFailure });

const network = new OwnNetwork({
  onNet(net, reject) {
    reader.use(net, reject);
    if (current) read(current.image);
  },
  onCorrections(all) {
    corrections.show(all);
    turn(forget, all.length > 0);
  },
  onProgress(share) {
    progress.hidden = share === undefined;
    progress.value = share ?? 0;
  },
  onStatus: tell,
});

const camera = new Camera((image) => read(image));

const clear = button("clear", () => {
  startAnew();
  hush();
  answers.say("Cleared");
  canvas.focus({ preventScroll: true });
});

const undo = button("undo", takeBack);

const cameraButton = button("camera", () => attempt(useCamera()));

const forget = button("forget", () => dialog.showModal());

button("download", download);

const dialog = element("sure-to-forget", HTMLDialogElement);

dialog.addEventListener("close", () => {
  if (dialog.returnValue === "forget") attempt(network.forget());
});

const pen = {
  onBegin() {
    if (camera.isOn || !picture.isHidden) startAnew();
    else cancel();
    hush();
    hint.hidden = true;
  },
  onInk: readSoon,
  onEnd(time: number) {
    if (frame !== undefined) cancelAnimationFrame(frame);
    frame = undefined;
    if (!drawing.isEmpty) strokeEnd = { image: readNow(), time };
  },
};

drawByPointer(canvas, drawing, pen);

drawByKeys(canvas, element("pen", HTMLElement), drawing, {
  ...pen,
  onUndo: takeBack,
  say: (text) => answers.say(text),
});

takePictures((file) => attempt(open(file)));

cameraButton.hidden = !Camera.isPossible;

new ResizeObserver(fitScreen).observe(canvas);

watchColours(() => {
  drawing.redraw();
  corrections.redraw();
  for (const stage of Object.values(stages)) stage.redraw();
});

answers.clear();

await network.load();

await warmUp();

performance.mark("ready");

keepOffline();

/** Takes everything away that is drawn or shown. */
function startAnew(): void {
  cancel();
  picture.hide();
  drawing.clear();
  reader.stop();
  current = undefined;
  showNothing();
}

/** Drops what was asked for and is not there yet: it would take the place of something newer. */
function cancel(): void {
  latest = {};
  stopCamera();
}

function showNothing(): void {
  hint.hidden = false;
  answers.clear();
  for (const stage of Object.values(stages)) stage.clear();
  turnTools();
}

function turnTools(): void {
  turn(clear, current !== undefined || !drawing.isEmpty || camera.isOn);
  turn(undo, !drawing.isEmpty);
}

function turn(button: HTMLButtonElement, isOn: boolean): void {
  button.ariaDisabled = `${!isOn}`;
}

function takeBack(): void {
  if (drawing.isEmpty) return;
  drawing.undo();
  if (drawing.isEmpty) startAnew();
  else readNow();
}

/** Reads the drawing with the next frame: more often nobody sees it. */
function readSoon(): void {
  frame ??= requestAnimationFrame(() => {
    frame = undefined;
    if (!drawing.isEmpty) readNow();
  });
}

/** Reads the drawing, drawn in one piece: the joints of lines that were drawn bit by bit show. */
function readNow(): DigitImage {
  drawing.redraw();
  const image = readContext.getImageData(0, 0, SIDE, SIDE);
  read(image);
  return image;
}

function read(image: DigitImage): void {
  current = { image };
  reader.read(image);
  turnTools();
}

function onAnswer(answer: Classification, image: DigitImage): void {
  if (current === undefined) return;
  if (image === current.image) current.answer = answer;
  answers.show(answer);
  if (performance.getEntriesByName("first-answer").length === 0) performance.mark("first-answer");
  if (image !== strokeEnd?.image) return;
  performance.measure("stroke-to-answer", { start: strokeEnd.time, end: performance.now() });
  strokeEnd = undefined;
}

function onStages(all: readonly Activation[]): void {
  if (current === undefined) return;
  for (const stage of all) {
    if (Object.hasOwn(stages, stage.name)) stages[stage.name as keyof typeof stages].show(stage);
  }
}

function onFailure(error: unknown): void {
  startAnew();
  tell(sentence(error));
}

async function open(file: File): Promise<void> {
  startAnew();
  hush();
  const asked = latest;
  // The library may read what the browser does not; else the library says what is wrong.
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (asked !== latest) return bitmap?.close();
  if (bitmap) picture.show(bitmap, bitmap.width, bitmap.height);
  bitmap?.close();
  hint.hidden = true;
  read(file);
}

async function useCamera(): Promise<void> {
  if (camera.isOn) return takePicture();
  startAnew();
  hush();
  const asked = latest;
  try {
    await camera.start();
  } catch (error) {
    if (asked !== latest) return;
    stopCamera();
    return tell(`Cannot use the camera: ${sentence(error)}`);
  }
  if (asked !== latest) return;
  hint.hidden = true;
  cameraButton.ariaPressed = "true";
  cameraName.textContent = "Take it";
  turnTools();
}

function takePicture(): void {
  const image = camera.look();
  const still = new OffscreenCanvas(image.width, image.height);
  still.getContext("2d")?.putImageData(image, 0, 0);
  stopCamera();
  picture.show(still, image.width, image.height);
  read(image);
}

function stopCamera(): void {
  camera.stop();
  cameraButton.ariaPressed = "false";
  cameraName.textContent = "Camera";
}

/** Learns that what is read now is this digit. */
async function correct(label: number): Promise<void> {
  if (camera.isOn) takePicture();
  const { net, reject } = network;
  if (!current || !net) return tell("Draw a digit first, or open a picture of one.");
  const { image } = current;
  const answer = current.answer ??
    await net.classify(image, reject === undefined ? {} : { reject });
  if (answer.reason === "no-ink") return tell("There is nothing here to learn from.");
  if (answer.digit === label) return tell(`It reads this as ${aDigit(label)} already.`);
  const [input] = await net.activations(image);
  const { mean: [mean], std: [std] } = net.model.metadata.normalization;
  await network.correct({
    pixels: Uint8Array.from(input.values, (value) => Math.round((value * std + mean) * 255)),
    label,
    digitness: answer.reason === "not-a-digit" ? answer.digitness : null,
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

/** Says why something failed, such as keeping a correction where there is no room. */
function attempt(task: Promise<void>): void {
  task.catch((error) => tell(sentence(error)));
}

/** What was said was of another picture, except of a lesson that goes on. */
function hush(): void {
  if (progress.hidden) tell("");
}

function tell(text: string): void {
  status.textContent = text;
}

function shades(high: ColourName): { low: Rgb; high: Rgb } {
  return { low: rgb("--quiet"), high: rgb(high) };
}

/** As many pixels as the screen has. */
function fitScreen(): void {
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (side === 0 || side === canvas.width) return;
  canvas.width = canvas.height = side;
  drawing.redraw();
}

/** Has everything loaded and compiled before the first stroke ends. */
async function warmUp(): Promise<void> {
  if (current || !network.net) return;
  const sample = new OffscreenCanvas(SIDE, SIDE).getContext(
    "2d",
  ) as OffscreenCanvasRenderingContext2D;
  new Sheet(sample, () => "#000", "#fff").line([0.4, 0.2], [0.6, 0.8]);
  const image = sample.getImageData(0, 0, SIDE, SIDE);
  await network.net.classify(image);
  await network.net.activations(image);
}

/** Has the page kept for when there is no network. Where that cannot be, as on plain http, it is a page like others. */
function keepOffline(): void {
  navigator.serviceWorker?.register("service-worker.js").catch(() => {});
}
