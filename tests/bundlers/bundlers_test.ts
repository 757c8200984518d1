import { assertEquals } from "@std/assert";
import { HAS_CHROMIUM } from "../chromium.ts";
import { hasCommand } from "../data/command.ts";
import { answer } from "./answer.js";
import { BUILDS, WEBGPU_BUILD } from "./builds.ts";
import { buildProject, makeWorkshop, SEVEN } from "./project.ts";
import { runProject } from "./run_project.ts";

const HAS_NPM = hasCommand("npm");

/** What the program answers in Deno, in JSON. */
let expected: string;
let workshop: string;

Deno.test.beforeAll(async () => {
  const { digit, line } = await answer(SEVEN);
  assertEquals([digit.digit, line.text], [7, "714"]);
  expected = JSON.stringify({ digit, line });
  if (HAS_NPM) workshop = await makeWorkshop();
});

Deno.test.afterAll(async () => {
  if (HAS_NPM) await Deno.remove(workshop, { recursive: true });
});

for (const build of BUILDS) {
  Deno.test({
    name: `classifyDigit and readDigits answer as in Deno in ${build.name}`,
    ignore: !HAS_NPM || (build.runs !== "node" && !HAS_CHROMIUM),
    async fn() {
      const project = await buildProject(build, workshop);
      for (const answer of await runProject(build.runs, project)) {
        assertEquals(answer, expected);
      }
    },
  });
}

Deno.test({
  name: `classifyDigits reads 256 digits on WebGPU with @x/lenet/webgpu in ${WEBGPU_BUILD.name}`,
  ignore: !HAS_NPM || !HAS_CHROMIUM,
  async fn() {
    const project = await buildProject(WEBGPU_BUILD, workshop);
    const [answers] = await runProject(WEBGPU_BUILD.runs, project);
    assertEquals(answers.split(","), Array(256).fill("7 on webgpu"));
  },
});
