/**
 * Prints where workerd lies. By itself, since it must not come into the project's lock file.
 *
 * @module
 */

import { importPackage } from "../bench/packages.ts";

const { default: { default: path } } = await importPackage("workerd");
console.log(path);
