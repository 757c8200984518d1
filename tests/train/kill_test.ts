/**
 * Kills trainings at random moments. Five times by default; `deno test -A tests/train/kill_test.ts -- 30` for more.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { readFile, sha256 } from "../../src/data/files.ts";
import { runTask, taskCommand } from "../cli/run_task.ts";
import { inTemporaryFolder, namesIn } from "../data/temporary_folder.ts";

const KILLS = Number(Deno.args[0] ?? 5);

/** Enough epochs that most of the time of a process is spent in training and writing checkpoints. */
const RUN = ["--synthetic", "--limit", "300", "--epochs", "40", "--augment", "--backend", "wasm"];

const told = (moments: readonly number[]): string => `killed after ${moments.join(", ")} ms`;

Deno.test(`train killed at ${KILLS} random moments ends with the file of an undisturbed run on one thread`, async () => {
  await inTemporaryFolder(async (folder) => {
    const whole = `${folder}/whole.safetensors`;
    const started = performance.now();
    assertEquals((await runTask("train", ...RUN, "--workers", "1", "--out", whole)).code, 0);
    const duration = performance.now() - started;
    // A digest, because a difference between files of this size takes long to print.
    const expected = await sha256(await readFile(whole));

    const out = `${folder}/net.safetensors`;
    const checkpoint = `${out}.checkpoint`;
    // A killed run goes on where it was killed. One that finishes is compared, and a new one begins.
    const args = async (): Promise<string[]> =>
      (await namesIn(folder)).includes("net.safetensors.checkpoint")
        ? [...RUN, "--workers", "2", "--resume", checkpoint]
        : [...RUN, "--workers", "2", "--out", out];
    const moments: number[] = [];
    const compare = async (): Promise<void> => {
      assertEquals(await sha256(await readFile(out)), expected, told(moments));
      await Deno.remove(out);
    };
    while (moments.length < KILLS) {
      const process = taskCommand("train", await args()).spawn();
      const moment = Math.round(Math.random() * duration);
      const timer = setTimeout(() => {
        try {
          process.kill("SIGKILL");
        } catch { /* It has just ended. */ }
      }, moment);
      const { signal, code } = await process.output();
      clearTimeout(timer);
      if (signal === "SIGKILL") moments.push(moment);
      else assertEquals(code, 0, told(moments));
      if ((await namesIn(folder)).includes("net.safetensors")) await compare();
    }
    const last = await runTask("train", ...await args());
    assertEquals([last.code, last.stderr], [0, ""], told(moments));
    await compare();
    assertEquals(await namesIn(folder), ["whole.safetensors"]);
  });
});
