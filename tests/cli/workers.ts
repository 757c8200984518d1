/** Counts the workers that some code starts, and those of them that it ends. */
export async function countWorkers(
  work: () => Promise<void>,
): Promise<{ begun: number; ended: number }> {
  const count = { begun: 0, ended: 0 };
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      count.begun++;
    }
    override terminate(): void {
      super.terminate();
      count.ended++;
    }
  };
  try {
    await work();
  } finally {
    globalThis.Worker = Worker;
  }
  return count;
}

/** Runs some code as on a machine with a number of cores. */
export async function onCores<T>(hardwareConcurrency: number, work: () => Promise<T>): Promise<T> {
  Object.defineProperty(navigator, "hardwareConcurrency", {
    value: hardwareConcurrency,
    configurable: true,
  });
  try {
    return await work();
  } finally {
    // The property of the prototype is visible again.
    Reflect.deleteProperty(navigator, "hardwareConcurrency");
  }
}
