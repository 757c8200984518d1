import { IMAGE_MEDIA_TYPES } from "../image/decode/formats.ts";
import { DEFAULT_REJECT } from "../options.ts";
import type { HandlerOptions } from "./options.ts";
import { jsonReply, type Reply } from "./reply.ts";

/**
 * Describes the server to programs, as OpenAPI 3.1 has it.
 *
 * @param options The server's limits.
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
      title: "Digit reader",
      version: "1",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: `Bodies of up to ${maxBytes} bytes, pictures of up to ${maxPixels} pixels.`,
    },
    paths: {
      "/classify": {
        post: question("classify", "Which digit is this?", "Classification", maxImages, [{
          name: "reject",
          in: "query",
          description: "Ink that is a digit with less than this probability is none.",
          schema: { ...number, default: DEFAULT_REJECT },
        }]),
      },
      "/read": {
        post: question("read", "Which lines of digits stand here?", "Reading", maxImages, []),
      },
      "/health": {
        get: {
          operationId: "health",
          summary: "Is the server alive?",
          responses: { 200: { description: "It is.", content: json(ref("Health")) } },
        },
      },
    },
    components: { schemas: SCHEMAS },
  };
}

function question(
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
        description: "The answer; of several pictures a list of answers or errors in their order.",
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
          400: "The body is missing, broken off or not what its type says.",
          408: "The body came too slowly.",
          413: "The body, the picture or the number of pictures is too large.",
          415: "The type of the body is none that is accepted.",
          422: "The picture cannot be read.",
          503: "Too many requests are waiting; see Retry-After.",
        }).map(([status, description]) => [status, {
          description,
          content: { "application/problem+json": { schema: ref("Problem") } },
        }]),
      ),
    },
  };
}

const orNull = (type: string) => ({ type: [type, "null"] });

function object(properties: Readonly<Record<string, object>>): object {
  return { type: "object", required: Object.keys(properties), properties };
}

const SCHEMAS: Readonly<Record<string, object>> = {
  Pixels: {
    description: "Numbers from 0 to 1, or 0 to 255 if one is above 1, row by row.",
    oneOf: [
      { type: "array", items: pixel, minItems: 784, maxItems: 784 },
      { type: "array", items: { type: "array", items: pixel, minItems: 1 }, minItems: 1 },
      object({ data: { type: "array", items: pixel }, width: integer, height: integer }),
    ],
  },
  Classification: object({
    digit: orNull("integer"),
    className: orNull("string"),
    reason: { enum: ["no-ink", "not-a-digit", null] },
    confidence: number,
    probabilities: { type: "array", items: number },
    digitness: { ...number, type: ["number", "null"] },
    backend,
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
