/**
 * The digit reader for the edge: which digit is this?
 *
 * @module
 */

export { LeNetError, type LeNetErrorCode } from "./src/model/error.ts";
