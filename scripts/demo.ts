import { runCommand } from "../src/cli/command.ts";
import { bar } from "../src/cli/run_output.ts";
import { LeNet } from "../src/lenet.ts";
import { formatPixels } from "./terminal.ts";

await runCommand({
  name: "demo",
  summary: "Reads the sample pictures of the project and shows each with its answer.",
  details: "Each picture is shown as the network sees it.",
  flags: {},
  notes: "The exit code is 1 if any answer is wrong.",
  run: readSamples,
});

async function readSamples(): Promise<number> {
  const folder = new URL("./samples/", import.meta.url);
  const names = Array.from(Deno.readDirSync(folder)).filter(({ isFile }) => isFile)
    .map(({ name }) => name).sort();
  using net = await LeNet.load();
  let right = 0;
  for (const name of names) {
    const png = await Deno.readFile(new URL(name, folder));
    const { digit, confidence, steps = [] } = await net.classify(png, { explain: true });
    // A sample is named after its digit.
    const correct = name.startsWith(String(digit));
    if (correct) right++;
    console.log(formatPixels(steps[steps.length - 1].values));
    console.log(
      `${name}: ${digit} ${bar(confidence, 20)} ${(confidence * 100).toFixed(1)} %${
        correct ? "" : "  wrong"
      }\n`,
    );
  }
  console.log(`${right} of ${names.length} right, by LeNet-5 on ${net.backend}`);
  return right === names.length ? 0 : 1;
}
