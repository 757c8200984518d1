import { decodeJpeg } from "../../src/image/jpeg.ts";
import { Random } from "../../src/model/random.ts";
import type { PhotoCost } from "./photo_cost.ts";
import { photoJpeg } from "./photo_jpeg.ts";

/** Twelve megapixels. */
const [WIDTH, HEIGHT] = [4000, 3000];

/**
 * Measures what it costs to read a photo of 12 megapixels.
 *
 * @param digit The digit on it: 28×28 bytes, ink 255.
 * @returns Time and memory.
 */
export async function measurePhoto(digit: Uint8Array): Promise<PhotoCost> {
  const folder = await Deno.makeTempDir();
  try {
    const [small, large] = [`${folder}/small.jpg`, `${folder}/large.jpg`];
    await Deno.writeFile(small, await photoJpeg(digit, 200, 150, new Random(1)));
    await Deno.writeFile(large, await photoJpeg(digit, WIDTH, HEIGHT, new Random(2)));
    const pixels = `${folder}/large.rgba`;
    await Deno.writeFile(
      pixels,
      new Uint8Array((await decodeJpeg(await Deno.readFile(large))).data),
    );
    const script = new URL("photo_cost.ts", import.meta.url).pathname;
    // A process inherits the peak of the one that starts it: a shell in between starts from nothing.
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: [
        ...["-c", '"$@"; exit $?', "sh", Deno.execPath()],
        ...["run", "-q", "--no-prompt", "--allow-read", script],
        ...[small, large, pixels, `${WIDTH}`, `${HEIGHT}`],
      ],
    }).output();
    const text = new TextDecoder();
    if (code !== 0) throw new Error(`Cannot measure the photo: ${text.decode(stderr)}`);
    return JSON.parse(text.decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
