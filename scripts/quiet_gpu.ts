/**
 * Keeps the Vulkan drivers of Linux from complaining on standard error, where no desktop has set what they look for.
 * Does nothing without permission to set it.
 */
export function quietGpu(): void {
  const variable = "XDG_RUNTIME_DIR";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (Deno.build.os === "linux" && state === "granted" && !Deno.env.get(variable)) {
    Deno.env.set(variable, "/tmp");
  }
}
