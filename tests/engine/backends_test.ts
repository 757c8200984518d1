import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type BackendOption,
  createRunner,
  Dispatcher,
  selectBackend,
  WEBGPU_CROSSOVER,
} from "../../src/engine/backends.ts";
import { LeNetError } from "../../src/errors.ts";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { TINY } from "../train/tiny.ts";
import { HAS_WEBGPU } from "./tfjs/backends.ts";

const adapter = await navigator.gpu?.requestAdapter();

const software = adapter?.info.isFallbackAdapter ?? true;

Deno.test("selectBackend gives wasm when asked for it", async () => {
  assertEquals(await selectBackend("wasm"), "wasm");
});

Deno.test({
  name: "selectBackend never picks a software adapter by itself",
  ignore: !software,
  fn: async () => assertEquals(await selectBackend("auto"), "wasm"),
});

Deno.test({
  name: "selectBackend uses a software adapter when asked for webgpu by name",
  ignore: !HAS_WEBGPU,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => assertEquals(await selectBackend("webgpu"), "webgpu"),
});

Deno.test("selectBackend says so when there is no adapter", async () => {
  const { gpu } = navigator;
  const restore = (value: unknown): void => {
    Object.defineProperty(navigator, "gpu", { value, configurable: true });
  };
  for (const none of [undefined, { requestAdapter: () => Promise.resolve(null) }]) {
    restore(none);
    try {
      assertEquals(await selectBackend("auto"), "wasm");
      const error = await assertRejects(
        () => selectBackend("webgpu"),
        LeNetError,
        "found no WebGPU adapter here",
      );
      assertEquals(error.code, "backend/unavailable");
    } finally {
      restore(gpu);
    }
  }
});

Deno.test("selectBackend refuses a name it does not know", async () => {
  const error = await assertRejects(
    () => selectBackend("cuda" as BackendOption),
    LeNetError,
    "expected one of auto, webgpu, wasm",
  );
  assertEquals(error.code, "option/invalid");
});

Deno.test("Dispatcher keeps one runner and sends small calls to wasm", async () => {
  using dispatcher = new Dispatcher(lenet5(), initialize(lenet5()), "auto");
  const runner = await dispatcher.runnerFor(1);
  assertEquals(runner.backend, "wasm");
  assertEquals(await dispatcher.runnerFor(WEBGPU_CROSSOVER - 1) === runner, true);
});

Deno.test({
  name: "Dispatcher sends large calls, and no others, to a GPU that passes for hardware",
  ignore: !HAS_WEBGPU,
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    const { gpu } = navigator;
    const requestAdapter = async (options?: GPURequestAdapterOptions) => {
      const adapter = await gpu.requestAdapter(options);
      return Object.defineProperty(adapter as GPUAdapter, "isFallbackAdapter", { value: false });
    };
    const replace = (value: unknown): void => {
      Object.defineProperty(navigator, "gpu", { value, configurable: true });
    };
    const preferred = gpu.getPreferredCanvasFormat.bind(gpu);
    replace({ requestAdapter, getPreferredCanvasFormat: preferred });
    try {
      using dispatcher = new Dispatcher(lenet5(), initialize(lenet5()), "auto");
      assertEquals((await dispatcher.runnerFor(WEBGPU_CROSSOVER - 1)).backend, "wasm");
      assertEquals((await dispatcher.runnerFor(WEBGPU_CROSSOVER)).backend, "webgpu");
      assertEquals((await dispatcher.runnerFor(1)).backend, "wasm");
    } finally {
      replace(gpu);
    }
  },
});

Deno.test("Dispatcher cannot be used any more once it is disposed of", async () => {
  const dispatcher = new Dispatcher(lenet5(), initialize(lenet5()), "wasm");
  dispatcher[Symbol.dispose]();
  await assertRejects(() => dispatcher.runnerFor(1), TypeError, "disposed of");
});

Deno.test("Dispatcher refuses a backend it does not know", () => {
  assertThrows(
    () => new Dispatcher(lenet5(), initialize(lenet5()), "cpu" as BackendOption),
    LeNetError,
    "cpu was asked for",
  );
});

Deno.test("createRunner takes plain loops where WebAssembly has no SIMD, and they answer alike", async () => {
  const parameters = initialize(TINY);
  const input = Float32Array.from({ length: 64 }, (_, i) => (i % 7) / 7);
  using simd = await createRunner("wasm", TINY, parameters);
  const expected = await simd.logits(input, 1);

  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    using runner = await createRunner("wasm", TINY, parameters);
    assertEquals([simd.backend, runner.backend], ["wasm", "reference"]);
    const found = await runner.logits(input, 1);
    expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-5));
  } finally {
    WebAssembly.validate = validate;
  }
});
