import type { SentImage } from "./body_images.ts";
import { Problem } from "./problem.ts";
import { tooManyImages } from "./too_many_images.ts";

// One character for each byte, so that delimiters can be looked for as text.
const decoder = new TextDecoder("latin1");

/**
 * A boundary that every parser of forms reads alike: at most 70 characters, without a space at the end, as RFC 2046
 * section 5.1.1 has it, and of its characters or those of a token. Quoting it needs no escapes.
 */
const BOUNDARY = /^[!#$%&'()*+,./:=?^_`|~0-9A-Za-z -]{1,70}(?<! )$/;

/**
 * Takes the files out of a form. Its delimiters are counted before it is parsed, which bounds the work of the platform's
 * parser; the parts are counted again after parsing, before any of them is read.
 *
 * @param bytes The form.
 * @param boundary The boundary between its parts, from its content type.
 * @param maxImages The largest number of pictures.
 * @returns The files, in order.
 * @throws {Problem} 400 when there is no valid boundary, or the form is damaged, or holds text or nothing; 413 when it
 * holds too many parts.
 */
export async function multipartImages(
  bytes: Uint8Array<ArrayBuffer>,
  boundary: string | undefined,
  maxImages: number,
): Promise<SentImage[]> {
  if (boundary === undefined) throw malformed("its content type names no boundary");
  if (!BOUNDARY.test(boundary)) throw malformed("the boundary of its content type is invalid");
  const text = decoder.decode(bytes);
  const delimiter = `--${boundary}`;
  let parts = -1;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    // Every part begins with a delimiter, and one more ends the last.
    if (++parts > maxImages) throw tooManyImages(`more than ${maxImages}`, maxImages);
  }
  if (!text.includes(`${delimiter}--`)) throw malformed("its form is cut off");
  let form: FormData;
  try {
    // Made from the boundary that was counted, not passed on as sent: the platform must split at the same delimiters.
    const type = `multipart/form-data; boundary="${boundary}"`;
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw malformed("its form is damaged");
  }
  const fields = [...form];
  if (fields.length > maxImages) throw tooManyImages(`${fields.length}`, maxImages);
  const images: SentImage[] = [];
  for (const [name, part] of fields) {
    if (typeof part === "string") throw malformed(`the field ${name} of its form is no file`);
    images.push({ file: part.name, image: new Uint8Array(await part.arrayBuffer()) });
  }
  if (images.length === 0) throw malformed("its form holds no file");
  return images;
}

function malformed(found: string): Problem {
  return new Problem(
    400,
    "request/malformed",
    `Cannot read the request: ${found}, expected a form of files`,
  );
}
