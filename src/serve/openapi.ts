import type { NoDigitReason } from "../classification.ts";
import { IMAGE_MEDIA_TYPES } from "../image/decode/formats.ts";
import { DEFAULT_REJECT } from "../options.ts";
import type { NoTextReason } from "../read.ts";
import type { HandlerOptions } from "./options.ts";
import { jsonReply, type Reply } from "./reply.ts";

/**
 * Describes the interface of the server as an OpenAPI 3.1 document.
 *
 * @param options The limits, which the document states.
 * @returns The reply.
 */
export function openApiReply(options: Required<HandlerOptions>): Reply {
  return jsonReply(openApi(options), { "cache-control": "no-cache" });
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const json = (schema: object) => ({ "application/json": { schema } });

const number = { type: "number", minimum: 0, maximum: 1 };

const integer = { type: "integer" };

const text = { type: "string" };

const PIXELS = { x: integer, y: integer, width: integer, height: integer };

const pixel = { type: "number", minimum: 0, maximum: 255 };

const backend = { type: "string", enum: ["wasm", "webgpu", "reference"] };

function openApi({ maxBytes, maxPixels, maxImages }: Required<HandlerOptions>): object {
  return {
    openapi: "3.1.0",
    info: {
      title: "Handwritten digit recognition",
      version: "1",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        `Request bodies may have at most ${maxBytes} bytes, and images at most ${maxPixels} pixels.`,
    },
    paths: {
      "/classify": {
        post: operation("classify", "Classify an image of one digit", "Classification", maxImages, [
          parameter(
            "reject",
            "Minimum probability that the ink is a digit. Below it, the digit is null. With 0, all ink is taken for one digit.",
            { ...number, default: DEFAULT_REJECT },
          ),
        ]),
      },
      "/read": {
        post: operation(
          "read",
          "Read all lines of digits in an image",
          "Reading",
          maxImages,
          READ_PARAMETERS,
        ),
      },
      "/health": {
        get: {
          operationId: "health",
          summary: "Report the state of the server",
          responses: {
            200: { description: "The network is loaded.", content: json(ref("Health")) },
          },
        },
      },
    },
    components: { schemas: SCHEMAS },
  };
}

/** A parameter of a query. */
const parameter = (name: string, description: string, schema: object) => ({
  name,
  in: "query",
  description,
  schema,
});

const READ_PARAMETERS: readonly object[] = [
  parameter(
    "length",
    "The number of digits of a line, or the least and the most, such as 4-6: whole numbers from 1 to 1000.",
    { ...text, pattern: "^\\d{1,4}(-\\d{1,4})?$" },
  ),
  parameter(
    "pattern",
    "What the whole text of a line matches: digits, \\d, classes such as [0-9], groups, |, ?, {n} and {n,m}, with the meaning that they have in a regular expression. What repeats may not be repeated again.",
    { ...text, maxLength: 200 },
  ),
  parameter(
    "reject",
    "A digit with less confidence is left out. The default is 0.05, and 0 with length or pattern.",
    number,
  ),
  parameter("rejectLine", "A line with less confidence is left out.", { ...number, default: 0 }),
];

function operation(
  operationId: string,
  summary: string,
  schema: string,
  maxImages: number,
  parameters: readonly object[],
): object {
  const file = { schema: { type: "string", format: "binary" } };
  return {
    operationId,
    summary,
    parameters,
    requestBody: {
      required: true,
      content: {
        ...Object.fromEntries(IMAGE_MEDIA_TYPES.map((type) => [type, file])),
        "application/octet-stream": file,
        ...json({
          oneOf: [
            ref("Pixels"),
            {
              type: "object",
              required: ["images"],
              properties: {
                images: { type: "array", items: ref("Pixels"), minItems: 1, maxItems: maxImages },
              },
            },
          ],
        }),
        "multipart/form-data": {
          schema: { type: "object", additionalProperties: { type: "string", format: "binary" } },
        },
      },
    },
    responses: {
      200: {
        description:
          "The answer. For several images, a list of answers or errors in the order of the images.",
        headers: { "Server-Timing": { schema: text } },
        content: json({
          oneOf: [ref(schema), {
            type: "object",
            required: ["results"],
            properties: {
              results: {
                type: "array",
                items: {
                  type: "object",
                  properties: { file: text },
                  anyOf: [ref(schema), ref("Failure")],
                },
              },
            },
          }],
        }),
      },
      ...Object.fromEntries(
        Object.entries({
          400:
            "The query is invalid, or the body is missing, incomplete or not of its declared type.",
          408: "The body did not arrive in time.",
          413: "The body, the image or the number of images is too large.",
          415: "The media type, the content encoding or the image format is not supported.",
          422: "The image is damaged or invalid.",
          503: "The server is at its capacity. Retry after the time in Retry-After.",
        }).map(([status, description]) => [status, {
          description,
          content: { "application/problem+json": { schema: ref("Problem") } },
        }]),
      ),
    },
  };
}

const orNull = (type: string) => ({ type: [type, "null"] });

type Properties = Readonly<Record<string, object>>;

function object(required: Properties, optional: Properties = {}): object {
  return {
    type: "object",
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

const REASONS: readonly NoDigitReason[] = [
  "no-ink",
  "too-faint",
  "too-small",
  "not-a-digit",
  "several-digits",
];

const NO_TEXT_REASONS: readonly NoTextReason[] = ["no-digits", "no-fit", "rejected"];

const SCHEMAS: Readonly<Record<string, object>> = {
  Pixels: {
    description: "Pixel values, row by row: 0 to 1, or 0 to 255 if any value is above 1.",
    oneOf: [
      { type: "array", items: pixel, minItems: 784, maxItems: 784 },
      { type: "array", items: { type: "array", items: pixel, minItems: 1 }, minItems: 1 },
      object({ data: { type: "array", items: pixel }, width: integer, height: integer }),
    ],
  },
  Classification: object({
    digit: orNull("integer"),
    className: orNull("string"),
    reason: {
      description:
        "Why there is no digit: nothing stands out; too faint, use more light or a darker pen; too small, use a picture with more pixels; less likely a digit than reject; or several digits, which /read reads.",
      enum: [...REASONS, null],
    },
    confidence: number,
    probabilities: { type: "array", items: number },
    digitProbability: {
      ...number,
      type: ["number", "null"],
      description:
        "The calibrated probability that the ink is a digit. Null without ink, for pictures framed as in MNIST and for networks of other classes.",
    },
    backend,
  }, {
    count: { ...integer, description: "The number of digits, with the reason several-digits." },
  }),
  Reading: object({
    text: {
      ...orNull("string"),
      description: "The lines, apart by newlines. With length or pattern null where there is none.",
    },
    reason: {
      description:
        "Why there is no text: no digits were found, no likely reading of any line fits length and pattern, or all is below reject or rejectLine.",
      enum: [...NO_TEXT_REASONS, null],
    },
    lines: {
      description: "The lines from the top.",
      type: "array",
      items: object({
        text,
        confidence: { ...number, description: "How likely the line shows this text." },
        cost: {
          type: "number",
          minimum: 0,
          maximum: 16,
          description:
            "How much likelier the likeliest text of the line is, as a natural logarithm: 0 unless another one was asked for.",
        },
        box: { ...object(PIXELS), description: "Around all of its digits, in pixels." },
        alternatives: {
          description: "The next best readings that fit, the likeliest first.",
          type: "array",
          items: object({ text, confidence: number }),
        },
      }),
    },
    digits: {
      type: "array",
      items: object({
        digit: integer,
        className: text,
        confidence: number,
        box: object(PIXELS),
        line: integer,
      }),
    },
    backend,
  }),
  Failure: object({ error: object({ code: text, message: text }) }),
  Health: object({
    status: { const: "ok" },
    network: text,
    classNames: { type: "array", items: text },
    backend,
    requests: integer,
  }),
  Problem: object({ title: text, status: integer, detail: text, code: text }),
};
