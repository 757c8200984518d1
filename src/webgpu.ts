/**
 * WebGPU outside Deno. Importing this module registers the engine: from then on `backend: "webgpu"`, and `auto` for
 * large calls and trainings where there is a hardware adapter, compute on the GPU. It exports nothing.
 *
 * The packages `@tensorflow/tfjs-core` and `@tensorflow/tfjs-backend-webgpu` must be installed. Bundlers follow the
 * imports here, so that the bundle carries both; they are loaded when WebGPU is first used. Without this module a bundle
 * carries neither, and `auto` computes on WASM.
 *
 * Deno finds engine and packages by itself, and needs this module only in bundled or compiled programs.
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

registerWebGpu({
  runner: () => import("./engine/tfjs/runner.ts"),
  trainer: () => import("./engine/tfjs/trainer.ts"),
});
