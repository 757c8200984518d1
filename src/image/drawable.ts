import type { DrawableImage } from "./digit_image.ts";

/**
 * Tells what a browser can draw on a canvas, and a canvas, from all other pictures. It is told by shape, so that those
 * of another frame or library are known too.
 *
 * @param image Anything.
 * @returns Whether it is a canvas, a bitmap, a video frame, or the element of an image or a video.
 */
export function isDrawable(image: unknown): image is DrawableImage {
  if (typeof image !== "object" || image === null || "data" in image) return false;
  const { getContext, close, width, displayWidth, naturalWidth, videoWidth } = image as Record<
    string,
    unknown
  >;
  return typeof getContext === "function" || typeof naturalWidth === "number" ||
    typeof videoWidth === "number" ||
    (typeof close === "function" && typeof (displayWidth ?? width) === "number");
}
