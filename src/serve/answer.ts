import { LeNetError } from "../errors.ts";
import type { DigitImage } from "../image/image.ts";
import type { Classification } from "../classification.ts";
import type { LeNet } from "../lenet.ts";
import { PROBABILITY } from "../options.ts";
import type { Reading } from "../reading/read.ts";
import type { AdmissionControl, Ticket, TicketQueue } from "./admission.ts";
import { bodyImages, bodyTypeOf } from "./body_images.ts";
import type { HandlerOptions } from "./options.ts";
import { readBody } from "./read_body.ts";
import { jsonReply, Problem, type Reply } from "./reply.ts";

/** What can be asked of a picture. */
type Question = "classify" | "read";

/** What answers need. */
export interface AnswerContext {
  readonly options: Required<HandlerOptions>;
  readonly network: () => Promise<LeNet>;
  readonly gate: AdmissionControl;
  readonly turns: TicketQueue;
}

/** The answer to one of several pictures. */
type Result =
  & { readonly file?: string }
  & (Classification | Reading | {
    readonly error: { readonly code: string; readonly message: string };
  });

/**
 * Answers what a request asks of its pictures.
 *
 * @param question What is asked.
 * @param request The request.
 * @param context The network, the limits, and who else waits.
 * @returns JSON: the answer, or `{ results }` with an answer or an error for each picture when several may come.
 * @throws {Problem} When the request is at fault, or has to wait too long.
 * @throws {LeNetError} When its one picture cannot be read.
 */
export async function answer(
  question: Question,
  request: Request,
  context: AnswerContext,
): Promise<Reply> {
  const visit = context.gate.enter();
  try {
    return await ask(question, request, visit, context);
  } finally {
    visit.leave();
  }
}

async function ask(
  question: Question,
  request: Request,
  visit: Ticket,
  { options, network, turns }: AnswerContext,
): Promise<Reply> {
  const { maxBytes, maxPixels, maxImages, bodyTimeout } = options;
  const settings = { ...settingsOf(question, request), maxBytes, maxPixels };
  const type = bodyTypeOf(request.headers);
  const start = performance.now();
  const bytes = await readBody(request, maxBytes, bodyTimeout, visit);
  const read = performance.now();
  const net = await network();
  const see = (image: DigitImage): Promise<Classification | Reading> =>
    question === "classify" ? net.classify(image, settings) : net.read(image, settings);
  let begun = read;
  const take = <T>(work: () => Promise<T>): Promise<T> =>
    turns.take(async () => {
      const start = performance.now();
      try {
        return await work();
      } finally {
        visit.work(performance.now() - start);
      }
    });
  const first = await take(async () => {
    begun = performance.now();
    const images = await bodyImages(bytes, type, maxImages);
    return "one" in images ? { body: await see(images.one.image) } : images;
  });
  let body: unknown;
  if ("several" in first) {
    const results: Result[] = [];
    // Each in its own turn, so that others need not wait for all of them.
    for (const { file, image } of first.several) {
      const result = await take(() => see(image).catch(errorOf));
      results.push({ ...file !== undefined && { file }, ...result });
    }
    body = { results };
  } else body = first.body;
  const timing = [
    `body;dur=${duration(read - start)}`,
    `wait;dur=${duration(begun - read)}`,
    `answer;dur=${duration(performance.now() - begun)}`,
  ];
  return jsonReply(body, { "server-timing": timing.join(", ") });
}

/** Milliseconds to the microsecond. */
function duration(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

/** What the query of the URL asks for. */
function settingsOf(question: Question, request: Request): { readonly reject?: number } {
  const at = request.url.indexOf("?");
  if (at < 0) return {};
  const query = new URLSearchParams(request.url.slice(at));
  for (const name of query.keys()) {
    if (question !== "classify" || name !== "reject") {
      throw malformed(
        `there is no parameter ${name}, expected ${question === "classify" ? "reject" : "none"}`,
      );
    }
  }
  const text = query.get("reject");
  if (text === null) return {};
  const reject = text.trim() === "" ? NaN : Number(text);
  if (!PROBABILITY.has(reject)) {
    throw malformed(`reject is "${text}", expected ${PROBABILITY.name}`);
  }
  return { reject };
}

function malformed(found: string): Problem {
  return new Problem(400, "request/malformed", `Cannot read the query of the URL: ${found}`);
}

function errorOf(error: unknown): { error: { code: string; message: string } } {
  if (!(error instanceof LeNetError)) throw error;
  const { code, message } = error;
  return { error: { code, message } };
}

/**
 * Says that the server is alive: its network is loaded, and how many requests it has at hand.
 *
 * @param context What answers.
 * @returns The reply.
 */
export async function healthReply({ network, gate }: AnswerContext): Promise<Reply> {
  const { model, backend } = await network();
  return jsonReply({
    status: "ok",
    network: model.architecture.name,
    classNames: model.metadata.classNames,
    backend,
    requests: gate.count,
  });
}
