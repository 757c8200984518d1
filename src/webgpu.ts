/**
 * WebGPU for bundles, pages, Node and Bun: importing this module is all. From then on `backend: "webgpu"`, and `auto` for
 * large calls where there is a hardware adapter, compute on the GPU. It needs the packages `@tensorflow/tfjs-core` and
 * `@tensorflow/tfjs-backend-webgpu` beside this one; bundlers follow the imports here, and load both when they are first
 * needed. Without this module a bundle carries neither, and `auto` computes on WASM.
 *
 * Deno needs this module only in programs that are bundled or compiled: elsewhere it finds both by itself.
 *
 * @example A page
 * ```ts ignore
 * import { LeNet } from "@x/lenet";
 * import "@x/lenet/webgpu";
 *
 * const net = await LeNet.load("digits", { backend: "webgpu" });
 * ```
 *
 * @module
 */

import { registerWebGpu } from "./engine/backends.ts";
import { provideDefaultPackages } from "./packages.ts";

// The assertions keep Deno and JSR from following the imports. They are gone in the JavaScript that bundlers read.
provideDefaultPackages({
  "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core" as string),
  "@tensorflow/tfjs-backend-webgpu": () => import("@tensorflow/tfjs-backend-webgpu" as string),
});

registerWebGpu(() => import("./engine/tfjs/runner.ts"));
