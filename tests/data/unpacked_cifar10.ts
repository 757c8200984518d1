import { output } from "./command.ts";
import { sharedData } from "./shared_data.ts";

/**
 * Unpacks the CIFAR-10 that lies beside the project, with the script that lies with it.
 *
 * @returns The folder of its binary batches; gone when it is disposed of.
 */
export async function unpackedCifar10(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const script = `${sharedData("cifar-10")}/unpack.mjs`;
  await output(Deno.execPath(), ["run", "-q", "--no-lock", "-A", script, folder]);
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}
