import type { NoDigitReason } from "../classification.ts";
import { IMAGE_MEDIA_TYPES } from "../image/decode/formats.ts";
import { DEFAULT_REJECT } from "../options.ts";
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
          {
            name: "reject",
            in: "query",
            description:
              "Minimum probability that the ink is a digit. Below it, the digit is null. With 0, all ink is taken for one digit.",
            schema: { ...number, default: DEFAULT_REJECT },
          },
        ]),
      },
      "/read": {
        post: operation("read", "Read all lines of digits in an image", "Reading", maxImages, []),
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
    text,
    digits: {
      type: "array",
      items: object({
        digit: integer,
        className: text,
        confidence: number,
        box: object({ x: integer, y: integer, width: integer, height: integer }),
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
