import type { Page } from "playwright-core";

/** Where Debian puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** Whether it is here. */
export const HAS_CHROMIUM: boolean = await Deno.stat(CHROMIUM).then(() => true, () => false);

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Without a GPU, or with SwiftShader, which computes WebGPU without one. */
const GPU_ARGUMENTS = {
  none: ["--disable-gpu"],
  software: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
};

/** A page that was opened, and what came of it. */
export interface OpenPage {
  readonly page: Page;
  /** Warnings, errors, exceptions and dialogs so far: there should be none. */
  readonly complaints: readonly string[];
  /** The URLs that were asked for so far, without those that hold their own data. */
  readonly requests: readonly string[];
}

/**
 * Opens a URL in a browser without a screen, and closes both after the test.
 *
 * @param url What to open: `file:`, or a server on this machine.
 * @param test What to do with it.
 * @param options `width` of the window in CSS pixels, whether the system is dark, and which `gpu` it has (default none).
 */
export async function withPage(
  url: string | URL,
  test: (opened: OpenPage) => Promise<void>,
  options: {
    readonly width?: number;
    readonly dark?: boolean;
    readonly gpu?: "none" | "software";
  } = {},
): Promise<void> {
  // While it is loaded, playwright looks for Windows in a file that takes all permissions, unless told it is tested.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  const args = [...ARGUMENTS, ...GPU_ARGUMENTS[options.gpu ?? "none"]];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  try {
    const page = await browser.newPage({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark ? "dark" : "light",
    });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", async (dialog) => {
      complaints.push(dialog.message());
      await dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("data:")) requests.push(request.url());
    });
    await page.goto(String(url));
    await test({ page, complaints, requests });
  } finally {
    await browser.close();
  }
}
