import type { Classification } from "../classification.ts";
import { checkAborted, LeNetError } from "../errors.ts";
import type { DigitImage } from "../image/image.ts";
import type { LeNet } from "../lenet.ts";
import type { Reading } from "../read.ts";
import type { AdmissionControl, SerialQueue, Ticket } from "./admission.ts";
import { bodyImages, bodyTypeOf } from "./body_images.ts";
import type { HandlerOptions } from "./options.ts";
import { parseQuery } from "./options.ts";
import { readBody } from "./read_body.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** What a request asks for. */
type Operation = "classify" | "read";

/** What all requests of a handler share. */
export interface AnswerContext {
  readonly options: Required<HandlerOptions>;
  readonly network: () => Promise<LeNet>;
  readonly admission: AdmissionControl;
  readonly queue: SerialQueue;
}

/** The answer to one of several pictures. */
type Result =
  & { readonly file?: string }
  & (Classification | Reading<string | null> | {
    readonly error: { readonly code: string; readonly message: string };
  });

/**
 * Answers a request for the pictures in its body.
 *
 * @param operation What to do with each picture.
 * @param request The request.
 * @param context The network, the limits and the queue.
 * @returns JSON: the answer, or `{ results }` with an answer or an error for each picture of a list or a form.
 * @throws {Problem} If the request is invalid or the server is at its capacity.
 * @throws {LeNetError} If its only picture cannot be read, or the client aborts the request.
 */
export async function answer(
  operation: Operation,
  request: Request,
  context: AnswerContext,
): Promise<Reply> {
  const ticket = context.admission.admit();
  try {
    return await answerAdmitted(operation, request, ticket, context);
  } finally {
    ticket.release();
  }
}

async function answerAdmitted(
  operation: Operation,
  request: Request,
  ticket: Ticket,
  { options, network, queue }: AnswerContext,
): Promise<Reply> {
  const { maxBytes, maxPixels, maxImages, bodyTimeout } = options;
  const settings = { ...parseQuery(operation, request.url), maxBytes, maxPixels };
  // One digit is classified sooner than a request is aborted.
  const signal = operation === "read" ? request.signal : undefined;
  const type = bodyTypeOf(request.headers);
  const start = performance.now();
  const bytes = await readBody(request, maxBytes, bodyTimeout, ticket);
  const bodyEnd = performance.now();
  const net = await network();
  const compute = (image: DigitImage): Promise<Classification | Reading<string | null>> =>
    signal === undefined ? net.classify(image, settings) : net.read(image, { ...settings, signal });
  const enqueue = <T>(task: () => Promise<T>): Promise<T> =>
    queue.run(async () => {
      if (signal !== undefined) await checkClient(signal);
      const start = performance.now();
      try {
        return await task();
      } finally {
        ticket.addWork(performance.now() - start);
      }
    });
  let answerStart = bodyEnd;
  const first = await enqueue(async () => {
    answerStart = performance.now();
    const images = await bodyImages(bytes, type, maxImages);
    return "one" in images ? { body: await compute(images.one.image) } : images;
  });
  let body: unknown;
  if ("several" in first) {
    const results: Result[] = [];
    // One task for each, so that other requests need not wait for all of them.
    for (const { file, image } of first.several) {
      const result = await enqueue(() => compute(image).catch(errorOf));
      results.push({ ...file !== undefined && { file }, ...result });
    }
    body = { results };
  } else body = first.body;
  const timing = [
    `body;dur=${roundToMicroseconds(bodyEnd - start)}`,
    `wait;dur=${roundToMicroseconds(answerStart - bodyEnd)}`,
    `answer;dur=${roundToMicroseconds(performance.now() - answerStart)}`,
  ];
  return jsonReply(body, { "server-timing": timing.join(", ") });
}

/** Lets the event loop see whether the client has aborted the request. A message, as between tasks, is too early for that. */
async function checkClient(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  checkAborted(signal, "answer the request");
}

/** Rounds milliseconds to three decimals. */
function roundToMicroseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

function errorOf(error: unknown): { error: { code: string; message: string } } {
  if (!(error instanceof LeNetError) || error.code === "aborted") throw error;
  const { code, message } = error;
  return { error: { code, message } };
}

/**
 * Reports the network and the number of admitted requests. It loads the network, so that a success shows that the server
 * can answer.
 *
 * @param context The network and the admission control.
 * @returns JSON.
 */
export async function healthReply({ network, admission }: AnswerContext): Promise<Reply> {
  const { model, backend } = await network();
  return jsonReply({
    status: "ok",
    network: model.architecture.name,
    classNames: model.metadata.classNames,
    backend,
    requests: admission.count,
  });
}
