import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { KERNELS_BASE64 } from "../../../src/engine/wasm/kernels.generated.ts";
import {
  init,
  isSimdSupported,
  kernelModule,
  wasmRunner,
} from "../../../src/engine/wasm/runner.ts";
import { wasmTrainer } from "../../../src/engine/wasm/trainer.ts";
import { TRAINING_BASE64 } from "../../../src/engine/wasm/training.generated.ts";
import { LeNetError } from "../../../src/errors.ts";
import { lenet5 } from "../../../src/model/zoo.ts";
import { drawInputs, drawParameters } from "./draw.ts";

const WASM_FILE = new URL("../../../src/engine/wasm/kernels.wasm", import.meta.url);

const TRAINING_FILE = new URL("../../../src/engine/wasm/training.wasm", import.meta.url);

Deno.test("isSimdSupported says yes here", () => {
  assertEquals(isSimdSupported(), true);
});

Deno.test("isSimdSupported asks the runtime about a module with SIMD", () => {
  const { validate } = WebAssembly;
  try {
    WebAssembly.validate = () => false;
    assertEquals(isSimdSupported(), false);
  } finally {
    WebAssembly.validate = validate;
  }
});

Deno.test("kernelModule is compiled once", () => {
  assertEquals(kernelModule() === kernelModule(), true);
});

for (
  const [file, base64, most] of [
    [WASM_FILE, KERNELS_BASE64, 13_000],
    [TRAINING_FILE, TRAINING_BASE64, 20_000],
  ] as const
) {
  const name = file.pathname.slice(file.pathname.lastIndexOf("/") + 1);

  Deno.test(`${name} has the bytes of the generated module`, async () => {
    assertEquals((await Deno.readFile(file)).toBase64(), base64);
  });

  Deno.test(`${name} is small and imports nothing`, async () => {
    const bytes = await Deno.readFile(file);
    assertEquals(bytes.length < most, true);
    assertEquals(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), []);
  });
}

Deno.test("init takes the module of training.wasm, on which networks are then trained", async () => {
  const architecture = lenet5();
  const state = { parameters: drawParameters(architecture), slots: new Map(), steps: 0 };
  const { Module } = WebAssembly;
  const module = new Module(await Deno.readFile(TRAINING_FILE));
  init(module);
  try {
    WebAssembly.Module = class {
      constructor() {
        throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
      }
    } as unknown as typeof Module;
    using trainer = await wasmTrainer(architecture, state);
    assertEquals((await trainer.state()).parameters.get("fc3.bias")!.data.length, 10);
  } finally {
    WebAssembly.Module = Module;
  }
});

Deno.test("init takes the module of kernels.wasm, on which nets then run", async () => {
  const architecture = lenet5();
  const parameters = drawParameters(architecture);
  const input = drawInputs(architecture, 1);
  using first = wasmRunner(architecture, parameters);
  const module = await WebAssembly.compile(await Deno.readFile(WASM_FILE));
  init(module);
  assertEquals(kernelModule() === module, true);
  using second = wasmRunner(architecture, parameters);
  assertEquals(second.logitsSync(input, 1), first.logitsSync(input, 1));
});

Deno.test("init refuses what is not the module of kernels.wasm", () => {
  const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  for (const wrong of [empty, undefined, {}, "kernels.wasm"]) {
    const error = assertThrows(() => init(wrong as WebAssembly.Module), LeNetError);
    assertEquals(error.code, "option/invalid");
    assertStringIncludes(error.message, "kernels.wasm");
  }
});

Deno.test("kernelModule says what to do where WebAssembly is not compiled from bytes", async () => {
  // A module of its own, in which nothing was compiled yet.
  const fresh: typeof import("../../../src/engine/wasm/runner.ts") = await import(
    `${new URL("../../../src/engine/wasm/runner.ts", import.meta.url)}?fresh`
  );
  const { Module } = WebAssembly;
  try {
    WebAssembly.Module = class {
      constructor() {
        throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
      }
    } as unknown as typeof Module;
    const error = await assertRejects(async () => await fresh.kernelModule(), Error);
    assertEquals((error as LeNetError).code, "backend/unavailable");
    assertStringIncludes(error.message, "disallowed by embedder");
    assertStringIncludes(error.message, "init()");
  } finally {
    WebAssembly.Module = Module;
  }
  assertEquals(fresh.kernelModule() instanceof Module, true);
});
