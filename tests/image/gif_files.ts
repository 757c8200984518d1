/**
 * GIFs of one drawing of 12×10 pixels, in which column x and row y are red 10x, green 16y and blue 255 − 8x; made by
 * ImageMagick.
 *
 * @module
 */

import { fromBase64 } from "./base64.ts";

/** From top to bottom. */
export const DRAWING: Uint8Array<ArrayBuffer> = fromBase64(
  "R0lGODlhDAAKAPYAAFoAt1AAv1oQt1AQv24Ap2QAr24Qp2QQr1ogt1Agv1owt1Awv24gp2Qgr24wp2Qwr1pAt1BAv1" +
    "pQt1BQv25Ap2RAr25Qp2RQr1pgt1Bgv1pwt1Bwv25gp2Rgr25wp2RwrzwAzzwQzygA3zIA1ygQ3zIQ1zwgzzwwzygg" +
    "3zIg1ygw3zIw1x4A5xQA7x4Q5xQQ7woA9wAA/woQ9wAQ/x4g5xQg7x4w5xQw7wog9wAg/wow9wAw/0YAx0YQx0Ygx0" +
    "YwxzxAzzxQzyhA3zJA1yhQ3zJQ1zxgzzxwzyhg3zJg1yhw3zJw1x5A5xRA7x5Q5xRQ7wpA9wBA/wpQ9wBQ/x5g5xRg" +
    "7x5w5xRw7wpg9wBg/wpw9wBw/0ZAx0ZQx0Zgx0Zwx1qAt1CAv1qQt1CQv26Ap2SAr26Qp2SQrzyAzzyQzyiA3zKA1y" +
    "iQ3zKQ1x6A5xSA7x6Q5xSQ7wqA9wCA/wqQ9wCQ/0aAx0aQxwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACH5BAAAAAAA" +
    "LAAAAAAMAAoAAAd6gDEwLSwiIyA8AQAFBDMyLy4kJSE9AwIHBjk4NTQoKSY+CQgNDDs6NzYqKyc/CwoPDlFQTUxCQ0" +
    "BcERAVFFNST05ERUFdExIXFllYVVRISUZeGRgdHFtaV1ZKS0dfGxofHnNyb25qa2h2YWBlZHV0cXBsbWl3Y2JnZoEA" +
    "Ow==",
);

/** In four passes. */
export const INTERLACED: Uint8Array<ArrayBuffer> = fromBase64(
  "R0lGODlhDAAKAPYAAFoAt1AAv1oQt1AQv24Ap2QAr24Qp2QQr1ogt1Agv1owt1Awv24gp2Qgr24wp2Qwr1pAt1BAv1" +
    "pQt1BQv25Ap2RAr25Qp2RQr1pgt1Bgv1pwt1Bwv25gp2Rgr25wp2RwrzwAzzwQzygA3zIA1ygQ3zIQ1zwgzzwwzygg" +
    "3zIg1ygw3zIw1x4A5xQA7x4Q5xQQ7woA9wAA/woQ9wAQ/x4g5xQg7x4w5xQw7wog9wAg/wow9wAw/0YAx0YQx0Ygx0" +
    "YwxzxAzzxQzyhA3zJA1yhQ3zJQ1zxgzzxwzyhg3zJg1yhw3zJw1x5A5xRA7x5Q5xRQ7wpA9wBA/wpQ9wBQ/x5g5xRg" +
    "7x5w5xRw7wpg9wBg/wpw9wBw/0ZAx0ZQx0Zgx0Zwx1qAt1CAv1qQt1CQv26Ap2SAr26Qp2SQrzyAzzyQzyiA3zKA1y" +
    "iQ3zKQ1x6A5xSA7x6Q5xSQ7wqA9wCA/wqQ9wCQ/0aAx0aQxwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACH5BAAAAAAA" +
    "LAAAAAAMAAoAQAd6gDEwLSwiIyA8AQAFBHNyb25qa2h2YWBlZFFQTUxCQ0BcERAVFDk4NTQoKSY+CQgNDFlYVVRISU" +
    "ZeGRgdHDMyLy4kJSE9AwIHBjs6NzYqKyc/CwoPDlNST05ERUFdExIXFltaV1ZKS0dfGxofHnV0cXBsbWl3Y2JnZoEA" +
    "Ow==",
);
