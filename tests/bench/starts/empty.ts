/**
 * The process that all others are compared with: it runs what they all run, and nothing else.
 *
 * @module
 */

import { firstAnswer } from "./first_answer.ts";

await firstAnswer(() => () => undefined);
