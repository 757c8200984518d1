import { assertEquals, assertGreater } from "@std/assert";
import { ROOT } from "../cli/run_task.ts";
import { output } from "../data/command.ts";

interface Dependency {
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

/** What is followed beside the static imports of code. */
interface GraphOptions {
  /** Imports that run later. */
  readonly dynamic?: boolean;
  /** Imports of types. */
  readonly types?: boolean;
}

/** Lists the modules that an entry reaches. */
async function graph(entry: string, { dynamic, types }: GraphOptions = {}): Promise<string[]> {
  const { roots, modules } = JSON.parse(
    await output(Deno.execPath(), ["info", "--json", `${ROOT}${entry}`]),
  );
  const byName = new Map<string, Module>(
    modules.map((module: Module) => [module.specifier, module]),
  );
  const seen = new Set<string>();
  const visit = (specifier: string): void => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (const { code, type, isDynamic } of byName.get(specifier)?.dependencies ?? []) {
      if (isDynamic && !dynamic) continue;
      if (code?.specifier) visit(code.specifier);
      if (types && type?.specifier) visit(type.specifier);
    }
  };
  roots.forEach(visit);
  return [...seen];
}

Deno.test("mod.ts loads nothing but files of its own package", async () => {
  const modules = await graph("mod.ts");
  assertGreater(modules.length, 20);
  const own = `file://${ROOT}`;
  const foreign = modules.filter((module) =>
    module !== `${own}mod.ts` && !module.startsWith(`${own}src/`)
  );
  assertEquals(foreign, []);
});

Deno.test("mod.ts leaves what finds ink, decodes files and reads lines until it is needed", async () => {
  const late = ["image/hypotheses", "image/further", "image/decode/png", "reading/read"].map((
    part,
  ) => `file://${ROOT}src/${part}.ts`);
  const modules = await graph("mod.ts");
  assertEquals(late.filter((module) => modules.includes(module)), []);
  const all = await graph("mod.ts", { dynamic: true });
  assertEquals(late.filter((module) => !all.includes(module)), []);
});

Deno.test("mod.ts reaches nothing that trains and nothing of tfjs", async () => {
  const modules = await graph("mod.ts", { dynamic: true, types: true });
  const room = new RegExp(`^file://${ROOT}src/(train|engine/tfjs)/`);
  assertEquals(modules.filter((module) => room.test(module)), []);
});

Deno.test("every entry names no package in code or types, so that adding the library downloads none", async () => {
  const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  for (const entry of Object.values<string>(exports)) {
    const modules = await graph(entry.slice(2), { dynamic: true, types: true });
    const packages = modules.filter((module) => !/^(file|node):/.test(module));
    assertEquals(packages, [], entry);
  }
});
