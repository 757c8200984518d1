import { LeNet } from "../../../mod.ts";
import { aDigit, sentence } from "./display.ts";
import type { Correction, FineTuningMessage, FineTuningRequest } from "./fine_tune_worker.ts";

/** Receives the changes of the user's network. */
interface UserNetworkListener {
  /**
   * There is a new network to read with.
   *
   * @param net The network.
   * @param reject Smallest probability at which ink counts as a digit; undefined for the library's default.
   */
  readonly onNet: (net: LeNet, reject: number | undefined) => void;
  /** The corrections have changed. */
  readonly onCorrections: (corrections: readonly StoredCorrection[]) => void;
  /** Progress of the fine-tuning, 0 to 1; undefined when it has ended. */
  readonly onProgress: (share: number | undefined) => void;
  /** A message for the user. */
  readonly onStatus: (text: string) => void;
}

/**
 * The network of the user: the pretrained network, or that network fine-tuned with the user's corrections. Every
 * fine-tuning starts from the pretrained network and uses all corrections, so that deleting one undoes its whole effect.
 */
export class UserNetwork {
  readonly #listener: UserNetworkListener;
  readonly #fineTuner = new FineTuner();
  /** Undefined where the browser stores nothing, as in some private windows. Everything then ends with the page. */
  #store: CorrectionStore | undefined;
  #corrections: readonly StoredCorrection[] = [];
  #net: LeNet | undefined;
  #reject: number | undefined;
  /** The fine-tuning that is running; results of others are outdated. */
  #running: FineTuningRequest | undefined;
  /** The newest task. Tasks run one after another, so that none sees the half-done work of another. */
  #newest: Promise<void> = Promise.resolve();

  /** @param listener Receives all changes. */
  constructor(listener: UserNetworkListener) {
    this.#listener = listener;
  }

  /** The current network; undefined until it is loaded. */
  get net(): LeNet | undefined {
    return this.#net;
  }

  /** Smallest probability at which ink counts as a digit; undefined for the library's default. */
  get reject(): number | undefined {
    return this.#reject;
  }

  /** Loads the pretrained network, and then the stored one, if there is one. */
  load(): Promise<void> {
    return this.#afterOthers(async () => {
      const opening = CorrectionStore.open().catch(() => undefined);
      await this.#usePretrained();
      this.#store = await opening;
      const [bytes, corrections = []] = await Promise.all([
        this.#store?.network(),
        this.#store?.corrections(),
      ]);
      this.#change(corrections);
      const stored = bytes && await LeNet.load(bytes, { backend: "wasm" }).catch(() => undefined);
      if (stored) this.#use(stored);
      // The stored network is damaged, or the page was closed during a fine-tuning.
      else if (corrections.length > 0) await this.#fineTune();
    });
  }

  /**
   * Adds a correction and starts a fine-tuning. It replaces an earlier correction of the same picture.
   *
   * @param correction The picture and its digit.
   */
  correct(correction: Omit<StoredCorrection, "id">): Promise<void> {
    return this.#afterOthers(async () => {
      const lastId = this.#corrections.at(-1)?.id ?? 0;
      const replaced = this.#corrections.find(({ pixels }) => isSame(pixels, correction.pixels));
      if (replaced) await this.#store?.remove(replaced);
      const added = await this.#store?.add(correction) ?? { ...correction, id: lastId + 1 };
      this.#change([...this.#corrections.filter((other) => other !== replaced), added]);
      // The stored network does not know this correction.
      await this.#store?.removeNetwork();
      await this.#fineTune(added);
    });
  }

  /**
   * Deletes a correction, and fine-tunes with the remaining ones.
   *
   * @param correction The correction.
   */
  remove(correction: StoredCorrection): Promise<void> {
    return this.#afterOthers(async () => {
      await this.#store?.remove(correction);
      await this.#store?.removeNetwork();
      this.#change(this.#corrections.filter(({ id }) => id !== correction.id));
      if (this.#corrections.length > 0) await this.#fineTune();
      else await this.#startOver("The correction was deleted.");
    });
  }

  /** Deletes all corrections, and returns to the pretrained network. */
  clear(): Promise<void> {
    return this.#afterOthers(async () => {
      await this.#store?.clear();
      this.#change([]);
      await this.#startOver("All corrections were deleted.");
    });
  }

  /** Runs a task after all earlier ones, whether these succeed or fail. */
  #afterOthers(task: () => Promise<void>): Promise<void> {
    const result = this.#newest.then(task);
    this.#newest = result.catch(() => {});
    return result;
  }

  async #startOver(status: string): Promise<void> {
    this.#fineTuner.stop();
    this.#running = undefined;
    this.#listener.onProgress(undefined);
    await this.#usePretrained();
    this.#listener.onStatus(status);
  }

  async #fineTune(newest?: StoredCorrection): Promise<void> {
    const { onProgress, onStatus } = this.#listener;
    onStatus(
      newest ? `Learning that this is ${aDigit(newest.label)}.` : "Learning your corrections.",
    );
    onProgress(0);
    // Without `using`, which would put its polyfill into what is loaded before the first answer.
    const pretrained = await LeNet.load("digits", { backend: "wasm" });
    const request = { pretrained: pretrained.save(), corrections: this.#corrections };
    pretrained[Symbol.dispose]();
    this.#running = request;
    this.#fineTuner.start(request, (message) => {
      if (message.kind === "progress") return onProgress(message.share);
      this.#afterOthers(async () => {
        // A task before this one has started another fine-tuning, or deleted all corrections.
        if (request !== this.#running) return;
        this.#running = undefined;
        onProgress(undefined);
        if (message.kind === "failed") throw new Error(message.message);
        const net = await LeNet.load(message.bytes, { backend: "wasm" });
        const status = newest ? await outcome(net, newest) : "Learned your corrections.";
        this.#use(net);
        await this.#store?.setNetwork(message.bytes);
        onStatus(status);
      }).catch((error) => onStatus(`Cannot learn the corrections: ${sentence(error)}`));
    });
  }

  #change(corrections: readonly StoredCorrection[]): void {
    this.#corrections = corrections;
    this.#listener.onCorrections(corrections);
  }

  async #usePretrained(): Promise<void> {
    this.#use(await LeNet.load("digits", { backend: "wasm" }));
  }

  #use(net: LeNet): void {
    this.#net = net;
    // Ink that was refused and then corrected to a digit must be accepted, and so must similar ink.
    const refused = this.#corrections.flatMap(({ digitProbability }) => digitProbability ?? []);
    this.#reject = refused.length === 0 ? undefined : Math.min(...refused) / 2;
    this.#listener.onNet(net, this.#reject);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((value, i) => value === other[i]);
}

/** Describes how a fine-tuned network classifies the picture of a correction. */
async function outcome(net: LeNet, { pixels: data, label }: StoredCorrection): Promise<string> {
  const { probabilities } = await net.classify({ data, width: 28, height: 28 }, { reject: 0 });
  const digit = probabilities.indexOf(Math.max(...probabilities));
  return digit === label
    ? `Learned: this is ${aDigit(label)}.`
    : `After learning, the network reads this as ${
      aDigit(digit)
    }. Draw another one like it, and correct that, too.`;
}

/** Fine-tunes in a worker, once at a time: starting again stops the fine-tuning before. */
class FineTuner {
  #worker: Worker | undefined;

  start(request: FineTuningRequest, onMessage: (message: FineTuningMessage) => void): void {
    this.stop();
    const worker = new Worker(new URL("fine_tune_worker.js", document.baseURI), {
      type: "module",
      name: "lenet-fine-tuning",
    });
    this.#worker = worker;
    const receive = (message: FineTuningMessage): void => {
      // Messages may still arrive after the worker was terminated.
      if (this.#worker !== worker) return;
      if (message.kind !== "progress") this.stop();
      onMessage(message);
    };
    worker.onmessage = ({ data }: MessageEvent<FineTuningMessage>) => receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      receive({ kind: "failed", message: event.message || "its program could not be loaded" });
    };
    worker.postMessage(request);
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/** A correction as it is stored. */
export interface StoredCorrection extends Correction {
  /** Unique; later corrections have larger numbers. */
  readonly id: number;
  /** Probability that the ink is a digit, 0 to 1, if the correction says that refused ink is a digit; else null. */
  readonly digitProbability: number | null;
}

const [DATABASE, VERSION] = ["lenet", 1];

const [CORRECTIONS, NETWORKS] = ["corrections", "networks"];

/** Key of the only network. */
const FINE_TUNED = "mine";

/** Stores corrections and the fine-tuned network in the browser (IndexedDB). */
export class CorrectionStore {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens the database, and creates it if there is none. */
  static async open(): Promise<CorrectionStore> {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(CORRECTIONS, { keyPath: "id", autoIncrement: true });
      request.result.createObjectStore(NETWORKS);
    };
    return new CorrectionStore(await settled(request));
  }

  /** Reads all corrections, the oldest first. */
  async corrections(): Promise<StoredCorrection[]> {
    return await settled(this.#objects(CORRECTIONS, "readonly").getAll());
  }

  /** Adds a correction, and assigns its id. */
  async add(correction: Omit<StoredCorrection, "id">): Promise<StoredCorrection> {
    const id = await settled(this.#objects(CORRECTIONS, "readwrite").add(correction));
    return { ...correction, id: id as number };
  }

  /** Deletes a correction. */
  async remove({ id }: StoredCorrection): Promise<void> {
    await settled(this.#objects(CORRECTIONS, "readwrite").delete(id));
  }

  /** Reads the fine-tuned network, as the bytes of a model file; undefined if there is none. */
  async network(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await settled(this.#objects(NETWORKS, "readonly").get(FINE_TUNED));
  }

  /** Replaces the fine-tuned network. */
  async setNetwork(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await settled(this.#objects(NETWORKS, "readwrite").put(bytes, FINE_TUNED));
  }

  /** Deletes the fine-tuned network. */
  async removeNetwork(): Promise<void> {
    await settled(this.#objects(NETWORKS, "readwrite").delete(FINE_TUNED));
  }

  /** Deletes everything. */
  async clear(): Promise<void> {
    await settled(this.#objects(CORRECTIONS, "readwrite").clear());
    await this.removeNetwork();
  }

  #objects(name: string, mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(name, mode).objectStore(name);
  }
}

/** The result of a request, as a promise. */
function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
