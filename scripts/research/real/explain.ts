import type { Classification } from "../../../src/classification.ts";
import { LeNetError } from "../../../src/errors.ts";
import { FORMATS, imageFormat } from "../../../src/image/decode/formats.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { hypothesisList } from "../../../src/watch/answer_pages.ts";
import { type Html, html, percent } from "../../../src/watch/html.ts";
import { pictureUrl } from "../../../src/watch/pictures.ts";
import { toBase64 } from "../../../src/weights/model_file.ts";
import type { Failure } from "../shared/failures_page.ts";
import type { DigitAnswer, DigitFailure } from "./measure_digits.ts";
import type { StringFailure } from "./measure_strings.ts";
import type { Sample } from "./sets.ts";

/** Shows a picture of one digit with every step and hypothesis of its answer. */
export async function explainDigit(
  net: Pick<LeNet, "classify">,
  { sample, answer, unrefused }: DigitFailure,
): Promise<Failure> {
  const caption = `${sample.name}: ${sample.text}, ${answerText(answer)}; with nothing refused ` +
    answerText(unrefused);
  const url = urlOf(sample);
  try {
    const explained = await net.classify(sample.image, { explain: true });
    return { url, caption, details: detailsOf(explained) };
  } catch (error) {
    if (!(error instanceof LeNetError)) throw error;
    return { url, caption, details: html`<p>${error.message}</p>` };
  }
}

/** Shows a picture of several digits. */
export function explainString({ sample, text }: StringFailure): Failure {
  const caption = `${sample.name}: ${sample.text}, read as ${text || "nothing"}`;
  return { url: urlOf(sample), caption };
}

function answerText({ digit, reason }: DigitAnswer): string {
  return digit === null ? `refused (${reason})` : `read as ${digit}`;
}

function detailsOf(answer: Classification): Html {
  const likely = answer.probabilities.map((probability, digit) => ({ probability, digit }))
    .sort((a, b) => b.probability - a.probability).slice(0, 3)
    .map(({ probability, digit }) => `${digit} (${percent(probability)})`).join(", ");
  return html`<p>Probability of each digit: ${likely}.</p>${hypothesisList(answer)}`;
}

function urlOf({ image }: Sample): string {
  if (!(image instanceof Uint8Array)) {
    const { data, width, height } = image;
    return pictureUrl({ shape: [1, height, width], pixels: Uint8Array.from(data) });
  }
  const name = imageFormat(image);
  const mediaType = FORMATS.find((format) => format.name === name)?.mediaType ?? "image/*";
  return `data:${mediaType};base64,${toBase64(image)}`;
}
