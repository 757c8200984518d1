import { imageError, type LeNetError } from "../../errors.ts";
import type { ImageLimits } from "../../options.ts";
import type { DecodedImage, RgbaImage } from "../image.ts";

/** What is wanted of a file: its colours, or only its brightness, which a decoder may return in one channel. */
export type Wanted = "colour" | "brightness";

/** Decodes a file whose format was recognised. A result without `channels` is RGBA. */
type Decoder = (
  bytes: Uint8Array,
  limits: ImageLimits | undefined,
  wanted: Wanted,
) => RgbaImage | DecodedImage | Promise<RgbaImage | DecodedImage>;

/** A file format of pictures. */
interface Format {
  /** The name, as messages and help texts show it. */
  readonly name: string;
  /** How a file begins: one character for each byte, where a dot matches any byte. */
  readonly signatures: readonly string[];
  /** How a file ends; only where the signature is so short that bare pixels may match it. */
  readonly trailer?: string;
  readonly mediaType: string;
  /** Extensions in lower case with the dot, the usual one first. */
  readonly extensions: readonly string[];
  /** `own`: code of this package. `external`: the platform's decoder or a package of npm. */
  readonly decoder: "own" | "external";
  /** Imports the decoder. */
  readonly load: () => Promise<Decoder>;
}

/**
 * The formats that are read: every list of formats, extensions and media types derives from this table.
 *
 * A decoder is imported when the first file of its format is decoded. The imports are literal, so that bundlers and
 * hosts that cache the module graph find them. A decoder does not import this module; what decoders share is in
 * `checks.ts`.
 */
export const FORMATS = [
  {
    name: "PNG",
    signatures: ["\x89PNG\r\n\x1a\n"],
    mediaType: "image/png",
    extensions: [".png"],
    decoder: "own",
    load: async () => {
      const { decodeGreyPng, decodePng } = await import("./png.ts");
      return (bytes, limits, wanted) =>
        wanted === "brightness" ? decodeGreyPng(bytes, limits) : decodePng(bytes, limits);
    },
  },
  {
    name: "JPEG",
    signatures: ["\xff\xd8\xff"],
    trailer: "\xff\xd9",
    mediaType: "image/jpeg",
    extensions: [".jpg", ".jpeg"],
    decoder: "external",
    load: async () => (await import("./jpeg.ts")).decodeJpeg,
  },
  {
    name: "WebP",
    signatures: ["RIFF....WEBP"],
    mediaType: "image/webp",
    extensions: [".webp"],
    decoder: "external",
    load: async () => (await import("./webp.ts")).decodeWebp,
  },
  {
    name: "GIF",
    signatures: ["GIF87a", "GIF89a"],
    mediaType: "image/gif",
    extensions: [".gif"],
    decoder: "own",
    load: async () => (await import("./gif.ts")).decodeGif,
  },
  {
    name: "BMP",
    signatures: ["BM....\0\0\0\0"],
    mediaType: "image/bmp",
    extensions: [".bmp"],
    decoder: "own",
    load: async () => (await import("./bmp.ts")).decodeBmp,
  },
] as const satisfies readonly Format[];

/** The name of a format that is read. */
export type ImageFormat = (typeof FORMATS)[number]["name"];

/** A file format that this package has no decoder for. */
interface ForeignFormat extends Pick<Format, "name" | "signatures"> {
  /** The usual extension, with the dot. */
  readonly extension: string;
  /** Left out for formats that no platform decodes as a picture. */
  readonly mediaType?: string;
}

/** Formats that are recognised to name them in an error. Those with a media type are read where the platform can. */
export const FOREIGN_FORMATS: readonly ForeignFormat[] = [
  { name: "AVIF", extension: ".avif", mediaType: "image/avif", signatures: ["....ftypavi"] },
  {
    name: "HEIC",
    extension: ".heic",
    mediaType: "image/heic",
    signatures: ["....ftyphe", "....ftypmif1"],
  },
  {
    name: "JPEG XL",
    extension: ".jxl",
    mediaType: "image/jxl",
    signatures: ["\xff\x0a", "\0\0\0\x0cJXL "],
  },
  { name: "JPEG 2000", extension: ".jp2", signatures: ["\0\0\0\x0cjP  "] },
  { name: "TIFF", extension: ".tif", signatures: ["II*\0", "MM\0*"] },
  { name: "ICO", extension: ".ico", signatures: ["\0\0\x01\0"] },
  { name: "PDF", extension: ".pdf", signatures: ["%PDF"] },
];

/** The names of all formats that are read, for messages and help texts. */
export const FORMAT_NAMES: string = FORMATS.map(({ name }) => name).join(", ")
  .replace(/, (?=[^,]*$)/, " or ");

/** The media types of all formats that are read. */
export const IMAGE_MEDIA_TYPES: readonly string[] = FORMATS.map(({ mediaType }) => mediaType);

/** What is accepted as a picture, for messages. */
export const ACCEPTED_IMAGES: string =
  "28×28 values, rows of numbers, { data, width, height } in grey, RGB or RGBA, a canvas, bitmap or image of a page, " +
  `or a ${FORMAT_NAMES} as bytes, Blob, Request, Response, stream, URL or base64`;

/** Length of the longest signature: that many bytes are enough to recognise a format. */
export const SIGNATURE_BYTES: number = Math.max(
  ...FORMATS.flatMap(({ signatures }) => signatures.map(({ length }) => length)),
);

/** Tells whether a path or file name has an extension of a format that is read, in either case. */
export function hasImageExtension(path: string): boolean {
  const name = path.toLowerCase();
  return FORMATS.some(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
}

/**
 * Recognises the format of a file by its signature.
 *
 * @param bytes The file, or at least its first {@linkcode SIGNATURE_BYTES} bytes.
 * @returns The format, `undefined` when it is none that is read.
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  return formatOf(bytes)?.name;
}

/**
 * Tells an image file from bare pixels of the same length. The trailer is checked, too, where the format has one.
 *
 * @param bytes The whole file.
 * @returns Whether it is in a format that is read.
 */
export function isImageFile(bytes: Uint8Array): boolean {
  const format: Format | undefined = formatOf(bytes);
  if (format?.trailer === undefined) return format !== undefined;
  return matchesAt(bytes, bytes.length - format.trailer.length, format.trailer);
}

/** The decoders that were imported, by the name of their format. */
const decoders = new Map<ImageFormat, Decoder>();

/**
 * Decodes an image file in any format of {@linkcode FORMATS}, and others where the platform can.
 *
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted.
 * @param wanted What is wanted of the file.
 * @returns The picture in RGBA, or in one channel where only brightness is wanted; the first frame of an animation.
 * @throws {LeNetError} `image/unsupported` when the format is not read or its decoder cannot be loaded,
 * `image/unreadable` when the file is damaged or empty, `image/too-large` above a limit.
 */
export async function decodeImage(
  bytes: Uint8Array,
  limits?: ImageLimits,
  wanted: Wanted = "colour",
): Promise<DecodedImage> {
  const format = formatOf(bytes);
  if (format === undefined) return await decodeForeignFile(bytes, limits);
  let decode = decoders.get(format.name);
  if (decode === undefined) decoders.set(format.name, decode = await format.load());
  const picture = await decode(bytes, limits, wanted);
  return "channels" in picture ? picture : { ...picture, channels: 4 };
}

/** A byte that text does not contain. */
// deno-lint-ignore no-control-regex
const BINARY = /[\x00-\x08\x0e-\x1f\x7f-\xff]/;

/** Decodes a file of another format, such as AVIF in browsers, or says what it is. */
async function decodeForeignFile(
  bytes: Uint8Array,
  limits: ImageLimits | undefined,
): Promise<DecodedImage> {
  const format = FOREIGN_FORMATS.find((format) => hasSignature(bytes, format));
  if (format?.mediaType !== undefined) {
    const { name, mediaType } = format;
    const { decodeForeign } = await import("./external.ts");
    const picture = await decodeForeign({ name, mediaType }, bytes, limits);
    if (picture !== undefined) return { ...picture, channels: 4 };
  }
  throw unknownFormat(bytes, format);
}

/** The error for a file in no format that is read; it names the format, or shows the beginning of text. */
function unknownFormat(bytes: Uint8Array, known: ForeignFormat | undefined): LeNetError {
  if (bytes.length === 0) return imageError("image/unreadable", "it has 0 bytes");
  const start = String.fromCharCode(...bytes.subarray(0, 24));
  const found = known !== undefined
    ? `of ${known.name}`
    : BINARY.test(start)
    ? "in no known format"
    : `in no known format (text that begins with "${start.trim().replace(/\s+/g, " ")}")`;
  const advice = known === undefined
    ? ""
    : `; convert it to PNG or JPEG, with ImageMagick for example: magick digit${known.extension} digit.png`;
  return imageError(
    "image/unsupported",
    `it has ${bytes.length} bytes ${found}, expected ${ACCEPTED_IMAGES}${advice}`,
  );
}

function formatOf(bytes: Uint8Array): (typeof FORMATS)[number] | undefined {
  return FORMATS.find((format) => hasSignature(bytes, format));
}

function hasSignature(bytes: Uint8Array, { signatures }: Pick<Format, "signatures">): boolean {
  return signatures.some((signature) => matchesAt(bytes, 0, signature));
}

function matchesAt(bytes: Uint8Array, start: number, pattern: string): boolean {
  if (start + pattern.length > bytes.length) return false;
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] !== "." && pattern.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}
