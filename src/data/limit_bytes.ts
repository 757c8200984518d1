import { LeNetError } from "../model/error.ts";

/**
 * Lets bytes through up to a limit.
 *
 * @param limit How many bytes to accept.
 * @param doing What it is for, as the verb and object of the message.
 * @returns A stream that fails with `data/malformed` as soon as there are more.
 */
export function limitBytes(
  limit: number,
  doing: string,
): TransformStream<Uint8Array, Uint8Array> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > limit) {
        throw new LeNetError(
          "data/malformed",
          `Cannot ${doing}: it holds more than ${limit} bytes, expected at most that`,
        );
      }
      controller.enqueue(chunk);
    },
  });
}
