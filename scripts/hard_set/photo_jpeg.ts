import { importPackage } from "../../src/import_package.ts";
import type { Random } from "../../src/model/random.ts";
import { soundPlan } from "./plan.ts";
import type { RgbaPicture } from "./rgba_picture.ts";
import { takePicture } from "./take_picture.ts";

/** What is used of the encoder of JPEGs. */
interface JpegEncoder {
  default(picture: RgbaPicture, options: Record<string, unknown>): Promise<ArrayBuffer>;
}

/**
 * A photo of a digit on squared paper, as a phone stores it.
 *
 * @param digit 28×28 bytes, ink 255.
 * @param width Columns.
 * @param height Rows.
 * @param random Where chance comes from.
 * @returns The bytes of a JPEG.
 */
export async function photoJpeg(
  digit: Uint8Array,
  width: number,
  height: number,
  random: Random,
): Promise<Uint8Array<ArrayBuffer>> {
  const plan = {
    ...soundPlan(random),
    width,
    height,
    rotation: 3,
    rulings: { squared: true, strength: 0.5 },
    gradient: 1.5,
    noise: 0.3,
  };
  const picture = takePicture(digit, plan, random);
  const encoder = await importPackage("@jsquash/jpeg", "1.6.0", "/encode.js") as JpegEncoder;
  const options = { quality: 90, progressive: false };
  return new Uint8Array(await encoder.default(picture, options));
}
