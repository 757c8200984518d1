/** The folder of a published collection that may lie beside the project. */
export function sharedData(collection: string): string {
  return new URL(`../../../shared/data/${collection}`, import.meta.url).pathname;
}

/** Whether that folder is there. */
export function hasSharedData(collection: string): boolean {
  try {
    return Deno.statSync(sharedData(collection)).isDirectory;
  } catch {
    return false;
  }
}
