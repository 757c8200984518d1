import type { Classification, LeNet } from "../lenet.ts";
import { LeNetError } from "../model/error.ts";
import type { Reading } from "../read.ts";
import { bodyImages, type SentImage } from "./body_images.ts";
import type { Gate } from "./gate.ts";
import { mediaTypeOf } from "./media_type.ts";
import type { HandlerOptions } from "./options.ts";
import { Problem } from "./problem.ts";
import { readBody } from "./read_body.ts";
import type { Turns } from "./turns.ts";

/** What can be asked of a picture. */
export type Question = "classify" | "read";

/** What answers need. */
export interface AnswerContext {
  readonly options: Required<HandlerOptions>;
  readonly network: () => Promise<LeNet>;
  readonly gate: Gate;
  readonly turns: Turns;
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
  { options, network, gate, turns }: AnswerContext,
): Promise<Response> {
  using visit = gate.enter();
  const settings = settingsOf(question, request);
  const type = mediaTypeOf(request.headers);
  const start = performance.now();
  const bytes = await readBody(request, options, visit);
  const read = performance.now();
  const net = await network();
  let begun = read;
  const ask = (image: SentImage["image"]): Promise<Classification | Reading> =>
    question === "classify"
      ? net.classify(image, {
        ...settings,
        maxBytes: options.maxBytes,
        maxPixels: options.maxPixels,
      })
      : net.read(image, { maxBytes: options.maxBytes, maxPixels: options.maxPixels });
  const first = await turns.take(async () => {
    begun = performance.now();
    const images = await bodyImages(bytes, type, options.maxImages);
    return "one" in images ? { body: await ask(images.one.image) } : images;
  });
  let body: unknown;
  if ("several" in first) {
    const results: Result[] = [];
    // Each in its own turn, so that others need not wait for all of them.
    for (const { file, image } of first.several) {
      const named = file === undefined ? {} : { file };
      const result = await turns.take(() => ask(image).catch(errorOf));
      results.push({ ...named, ...result });
    }
    body = { results };
  } else body = first.body;
  const times = { body: read - start, wait: begun - read, answer: performance.now() - begun };
  return new Response(JSON.stringify(body), {
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "server-timing": Object.entries(times)
        .map(([name, time]) => `${name};dur=${time.toFixed(3)}`).join(", "),
    },
  });
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
  if (!(reject >= 0 && reject <= 1)) {
    throw malformed(`reject is "${text}", expected a number from 0 to 1`);
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
