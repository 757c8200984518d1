/** The Python of the system, to which Debian's `python3-torch` belongs. */
export const PYTHON = "/usr/bin/python3";

/** Whether there is PyTorch; looked for, not loaded, which takes seconds. */
export const HAS_TORCH: boolean = hasTorch();

function hasTorch(): boolean {
  const found = "import importlib.util, sys; sys.exit(importlib.util.find_spec('torch') is None)";
  try {
    return new Deno.Command(PYTHON, { args: ["-c", found] }).outputSync().success;
  } catch {
    return false;
  }
}
