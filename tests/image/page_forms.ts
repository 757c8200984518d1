/**
 * Forms of pictures in a page, by the names in the README: scripts that create them from `drawn`, a canvas on the page.
 */
export const PAGE_FORMS: Readonly<Record<string, string>> = {
  "canvas": "return drawn",
  "OffscreenCanvas": `const off = new OffscreenCanvas(drawn.width, drawn.height);
    off.getContext("2d").drawImage(drawn, 0, 0);
    return off`,
  "ImageBitmap": "return await createImageBitmap(drawn)",
  "VideoFrame": "return new VideoFrame(drawn, { timestamp: 0 })",
  "<img>": "return Object.assign(new Image(), { src: drawn.toDataURL() })",
  "<video>": `const video = document.createElement("video");
    video.muted = true;
    video.srcObject = drawn.captureStream();
    await video.play();
    return video`,
  "ImageData": "return drawn.getContext('2d').getImageData(0, 0, drawn.width, drawn.height)",
};
