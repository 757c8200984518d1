import { assertEquals } from "@std/assert";
import { extname } from "node:path";
import { withPage } from "../chromium.ts";
import { output } from "../data/command.ts";
import { withServer } from "../data/local_server.ts";
import type { Build } from "./builds.ts";
import { bundlerCommand } from "./project.ts";

/** How long a page may take to answer, in milliseconds: WebGPU in software takes its time on a busy machine. */
const PATIENCE = { none: 60_000, software: 300_000 };

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
};

/**
 * Runs a project that was built.
 *
 * @param runs What runs it.
 * @param project Its folder.
 * @returns What its program answered, in JSON, wherever it ran.
 */
export function runProject(runs: Build["runs"], project: string): Promise<string[]> {
  switch (runs) {
    case "node":
      return runInNode(project);
    case "page":
      return runInPage(project, "none");
    case "page with a GPU":
      return runInPage(project, "software");
    case "next":
      return runInNext(project);
  }
}

async function runInNode(project: string): Promise<string[]> {
  return [(await output("node", ["dist/main.cjs"], { cwd: project })).trimEnd()];
}

async function runInPage(project: string, gpu: "none" | "software"): Promise<string[]> {
  let answer = "";
  const serveFile = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const path = pathname === "/" ? "/index.html" : pathname;
    const bytes = await Deno.readFile(`${project}/dist${path}`).catch(() => undefined);
    const type = MEDIA_TYPES[extname(path)] ?? "application/octet-stream";
    return bytes === undefined
      ? new Response("Not found", { status: 404 })
      : new Response(bytes, { headers: { "Content-Type": type } });
  };
  await withServer(serveFile, async ({ url }) => {
    answer = await readPage(url, gpu);
  });
  return [answer];
}

/** Starts the server of Next.js, asks it for an answer, and then the page that it serves. */
async function runInNext(project: string): Promise<string[]> {
  const args = ["start", "--hostname=127.0.0.1", "--port=0"];
  const child = bundlerCommand("next", args, project).spawn();
  const complaint = new Response(child.stderr).text();
  try {
    const reader = child.stdout.getReader();
    const text = new TextDecoder();
    let said = "";
    let url: string | undefined;
    while (url === undefined) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`Next.js has stopped:\n${said}${await complaint}`);
      said += text.decode(value, { stream: true });
      url = said.match(/http:\/\/127\.0\.0\.1:\d+(?=\s)/)?.[0];
    }
    // Read on, so that it can write on.
    reader.releaseLock();
    const rest = child.stdout.pipeTo(new WritableStream());
    try {
      const reply = await fetch(`${url}/answer`);
      return [await reply.text(), await readPage(url)];
    } finally {
      child.kill();
      await rest;
    }
  } finally {
    await child.status;
    await complaint;
  }
}

/** Opens a page that must complain of nothing, and waits for what it writes. */
async function readPage(url: string, gpu: "none" | "software" = "none"): Promise<string> {
  let answer: string | null = null;
  await withPage(url, async ({ page, complaints }) => {
    const output = page.locator("output:not(:empty)");
    // Complaints say more than that nothing was written.
    answer = await output.textContent({ timeout: PATIENCE[gpu] }).catch(() => null);
    assertEquals(complaints, []);
  }, { gpu });
  return answer ?? "The page wrote no answer";
}
