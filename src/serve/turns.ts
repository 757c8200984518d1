/**
 * Does one thing after another, in the order in which they were asked for. Answers are computed on one thread, and
 * large pictures take memory: side by side they would be no quicker, and too large.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param work What to do when all before it is done, well or not.
   * @returns What comes of it.
   */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
