/** Runs a test with these environment variables, undefined for one that is not set; they are put back afterwards. */
export async function withEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  test: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  const set = ([name, value]: readonly [string, string | undefined]): void =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  Object.entries(variables).forEach(set);
  try {
    await test();
  } finally {
    before.forEach(set);
  }
}
