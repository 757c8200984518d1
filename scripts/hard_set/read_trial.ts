import type { DigitImage } from "../../src/image/digit_image.ts";
import type { LeNet } from "../../src/lenet.ts";
import { STRING_KINDS } from "./string_picture.ts";
import type { Answer, Trial } from "./trial.ts";

/** What is used of the library's reader of several digits. */
interface StringReader {
  readDigits(image: DigitImage): Promise<{
    readonly text: string;
    readonly digits: readonly { readonly confidence: number }[];
  }>;
}

/**
 * Finds what reads the pictures of a kind: `classify` for one digit, `readDigits` for several.
 *
 * @param kind The kind.
 * @param net The network that reads single digits.
 * @returns What reads them; `undefined` where the library has no `readDigits`.
 */
export async function readerOf(
  kind: string,
  net: LeNet,
): Promise<((trial: Trial) => Promise<Answer>) | undefined> {
  if (!STRING_KINDS.some((name) => name === kind)) {
    return async ({ image }) => {
      const { digit, confidence } = await net.classify(image);
      return { text: digit === null ? "" : String(digit), confidence };
    };
  }
  const reader = await stringReader();
  return reader && (async ({ image }) => {
    const { text, digits } = await reader.readDigits(image);
    return { text, confidence: Math.min(1, ...digits.map(({ confidence }) => confidence)) };
  });
}

async function stringReader(): Promise<StringReader | undefined> {
  const file = new URL("../../src/read_digits.ts", import.meta.url);
  try {
    await Deno.stat(file);
  } catch {
    return undefined;
  }
  return await import(file.href);
}
