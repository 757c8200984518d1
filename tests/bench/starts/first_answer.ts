/** Takes one image of 28×28 and says what it shows. */
export type Classify = (image: Float32Array) => unknown;

/** The upright stroke of a one. */
function one(): Float32Array {
  return Float32Array.from({ length: 784 }, (_, i) => {
    const [x, y] = [i % 28, Math.floor(i / 28)];
    return x >= 13 && x < 16 && y >= 4 && y < 24 ? 1 : 0;
  });
}

/**
 * What a process does whose start is measured: loads, answers as often as its first argument says, prints what it
 * came to as JSON, and ends at once, so that nobody's clearing up is counted.
 *
 * @param load Loads what answers.
 */
export async function firstAnswer(load: () => Classify | Promise<Classify>): Promise<void> {
  const answers = Number(Deno.args[0]);
  const image = one();
  const classify = await load();
  const start = performance.now();
  await classify(image);
  const firstAnswerMs = performance.now() - start;
  for (let n = 1; n < answers; n++) await classify(image);
  console.log(JSON.stringify({ firstAnswerMs, rss: Deno.memoryUsage().rss }));
  Deno.exit();
}
