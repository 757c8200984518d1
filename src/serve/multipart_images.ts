import type { SentImage } from "./body_images.ts";
import { Problem } from "./problem.ts";
import { tooManyImages } from "./too_many_images.ts";

// One character for each byte, so that delimiters can be looked for as text.
const decoder = new TextDecoder("latin1");

/**
 * Takes files out of a form. Its parts are counted before any of them is looked at.
 *
 * @param bytes The form.
 * @param type Its content type, which says what is between the parts.
 * @param maxImages The largest number of pictures.
 * @returns The files, in order.
 * @throws {Problem} 400 when the form is damaged, or holds text or nothing; 413 when it holds too many parts.
 */
export async function multipartImages(
  bytes: Uint8Array<ArrayBuffer>,
  type: string,
  maxImages: number,
): Promise<SentImage[]> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed("its content type names no boundary");
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
    form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw malformed("its form is damaged");
  }
  const images: SentImage[] = [];
  for (const [name, part] of form) {
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
