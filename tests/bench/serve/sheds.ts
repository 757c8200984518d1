/** How an overloaded server turns requests away. */
export interface Shed {
  /** How many of our own requests were turned away with 503. */
  readonly refused: number;
  /** How many of these were told when to come back. */
  readonly toldWhen: number;
}

/**
 * Asks an overloaded server now and then, and looks at how it refuses.
 *
 * @param url Where to ask.
 * @param seconds For how long.
 * @returns What came back.
 */
export async function sheds(url: string, seconds: number): Promise<Shed> {
  const end = performance.now() + 1000 * seconds;
  let [refused, toldWhen] = [0, 0];
  while (performance.now() < end) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "[]",
    });
    await response.body?.cancel();
    if (response.status === 503) {
      refused++;
      if (Number(response.headers.get("retry-after")) > 0) toldWhen++;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { refused, toldWhen };
}
