import { assertEquals, assertGreater } from "@std/assert";
import { ROOT } from "../cli/run_task.ts";

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier: string };
  readonly type?: { readonly specifier: string };
  readonly isDynamic?: boolean;
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

/** Every module that is loaded with an entry, and, if asked, those that its imports may load later. */
async function graph(entry: string, options: { dynamic: boolean }): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${ROOT}${entry}`],
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout));
  const byName = new Map<string, Module>(
    modules.map((module: Module) => [module.specifier, module]),
  );
  const seen = new Set<string>();
  const visit = (specifier: string): void => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (const { code, isDynamic } of byName.get(specifier)?.dependencies ?? []) {
      if (code !== undefined && (options.dynamic || !isDynamic)) visit(code.specifier);
    }
  };
  roots.forEach(visit);
  return [...seen];
}

Deno.test("mod.ts loads nothing but files of its own package", async () => {
  const modules = await graph("mod.ts", { dynamic: false });
  assertGreater(modules.length, 20);
  const own = `file://${ROOT}`;
  const foreign = modules.filter((module) =>
    module !== `${own}mod.ts` && !module.startsWith(`${own}src/`)
  );
  assertEquals(foreign, []);
});

Deno.test("mod.ts leaves what finds ink, decodes files and reads lines until it is needed", async () => {
  const modules = await graph("mod.ts", { dynamic: false });
  const late = ["image/prepare_digit", "image/ink/find_ink", "image/decode/png", "reading/read"];
  assertEquals(modules.filter((name) => late.some((part) => name.endsWith(`/src/${part}.ts`))), []);
});

Deno.test("mod.ts and src/train/mod.ts name no npm package, so that Deno downloads none before it is needed", async () => {
  for (const entry of ["mod.ts", "src/train/mod.ts"]) {
    const modules = await graph(entry, { dynamic: true });
    assertEquals(modules.filter((module) => /^(npm|jsr|https?):/.test(module)), []);
  }
});
