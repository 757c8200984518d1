import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { classifyDigit, LeNet, LeNetError, readDigits } from "../mod.ts";
import { solidPicture } from "../scripts/research/hard_set/pictures/objects.ts";
import { stringPicture } from "../scripts/research/hard_set/pictures/strings.ts";
import { syntheticDigits } from "../src/data/synthetic/digits.ts";
import { Random } from "../src/model/random.ts";
import { DEFAULT_REJECT } from "../src/options.ts";

const SEVEN = await Deno.readFile(new URL("../scripts/samples/7.png", import.meta.url));

Deno.test("classifyDigit says of most solid things that they are no digits, and reads them with reject 0", async () => {
  const random = new Random(5);
  let refused = 0;
  for (let n = 0; n < 60; n++) {
    const solid = solidPicture(random);
    const { digit, reason, confidence, digitProbability } = await classifyDigit(solid);
    if (reason !== "not-a-digit") continue;
    refused++;
    assertEquals([digit, confidence, (digitProbability ?? 1) < DEFAULT_REJECT], [null, 0, true]);
    const taken = await classifyDigit(solid, { reject: 0 });
    assertEquals([taken.digit === null, taken.reason, taken.digitProbability], [
      false,
      null,
      digitProbability,
    ]);
  }
  assertGreater(refused, 40);
});

Deno.test("classifyDigit takes digits in pictures for digits, and says how likely they are", async () => {
  for (let digit = 0; digit < 10; digit++) {
    const file = new URL(`../scripts/samples/${digit}.png`, import.meta.url);
    const answer = await classifyDigit(await Deno.readFile(file));
    assertEquals([answer.digit, answer.reason], [digit, null]);
    assertGreater(answer.digitProbability ?? 0, DEFAULT_REJECT);
  }
});

Deno.test("classifyDigit shows the way to an answer when it is to explain, and not otherwise", async () => {
  const { steps = [] } = await classifyDigit(SEVEN, { explain: true });
  const names = steps.map(({ name }) => name);
  assertEquals([names[0], names.at(-1)], ["brightness", "input"]);
  assertEquals(names.includes("ink"), true);
  for (const { width, height, values } of steps) assertEquals(values.length, width * height);
  assertEquals("steps" in await classifyDigit(SEVEN), false);
});

Deno.test("classifyDigit keeps to the limits it is given, and refuses a threshold that is none", async () => {
  const code = async (options: Parameters<typeof classifyDigit>[1]): Promise<string> => {
    const error = await assertRejects(() => classifyDigit(SEVEN, options), LeNetError);
    return error.code;
  };
  assertEquals(await code({ maxPixels: 10 }), "image/too-large");
  assertEquals(await code({ maxBytes: 10 }), "image/too-large");
  for (const reject of [-0.1, 1.1, NaN]) assertEquals(await code({ reject }), "option/invalid");
});

Deno.test("readDigits reads most lines of separate digits whole, with a box for each", async () => {
  const { images, labels, count } = syntheticDigits({ count: 300, seed: 8 });
  const random = new Random(2);
  const draw = (): { pixels: Uint8Array; label: number } => {
    const n = random.integer(count);
    return { pixels: images.subarray(784 * n, 784 * (n + 1)), label: labels[n] };
  };
  let whole = 0;
  for (let n = 0; n < 20; n++) {
    const { picture, text } = stringPicture("separated", draw, random);
    const reading = await readDigits(picture);
    if (reading.text === text) whole++;
    assertEquals(reading.digits.map(({ className }) => className).join(""), reading.text);
    for (const { box } of reading.digits) assertGreater(box.width * box.height, 0);
  }
  assertGreater(whole, 13);
});

Deno.test("LeNet.read finds no digits in a blank picture", async () => {
  using net = await LeNet.load();
  const blank = { data: new Uint8Array(300 * 80).fill(230), width: 300, height: 80 };
  const { text, digits } = await net.read(blank);
  assertEquals([text, digits], ["", []]);
});

Deno.test("readDigits leaves out what is a digit with less confidence than reject says", async () => {
  const { digits: [{ confidence }] } = await readDigits(SEVEN);
  const [all, none] = [
    await readDigits(SEVEN, { reject: 0 }),
    await readDigits(SEVEN, { reject: 1 }),
  ];
  assertEquals([all.text, none.text, none.digits], ["7", "", []]);
  assertGreater(confidence, 0.5);
  for (const reject of [-0.1, 1.1, NaN]) {
    const error = await assertRejects(() => readDigits(SEVEN, { reject }), LeNetError);
    assertEquals(error.code, "option/invalid");
  }
});
