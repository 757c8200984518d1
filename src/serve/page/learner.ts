import { LeNet } from "../../../mod.ts";
import type { Correction, Lesson } from "./fine_tune_worker.ts";
import { aDigit, sentence } from "./views.ts";

/** Told what becomes of the network. */
interface OwnNetworkListener {
  /**
   * There is a network to read with.
   *
   * @param net The network.
   * @param reject From which probability on ink is taken for a digit; the library's default when undefined.
   */
  readonly onNet: (net: LeNet, reject: number | undefined) => void;
  /** The corrections are others. */
  readonly onCorrections: (corrections: readonly KeptCorrection[]) => void;
  /** How much of a lesson is done, 0 to 1; undefined when there is none. */
  readonly onProgress: (share: number | undefined) => void;
  /** Something to tell the user. */
  readonly onStatus: (text: string) => void;
}

/** Has networks learn in a worker, one at a time: a new lesson takes the place of the one before. */
class Learner {
  #worker: Worker | undefined;

  /**
   * Starts a lesson.
   *
   * @param lesson The network that learns, and what.
   * @param onMessage Told how it goes.
   */
  learn(lesson: Lesson, onMessage: (message: LearnerMessage) => void): void {
    this.stop();
    const worker = new Worker(new URL("fine_tune_worker.js", document.baseURI), {
      type: "module",
      name: "lenet-fine-tuning",
    });
    this.#worker = worker;
    const tell = (message: LearnerMessage): void => {
      // Messages that were on their way when the lesson was ended.
      if (this.#worker !== worker) return;
      if (message.kind !== "progress") this.stop();
      onMessage(message);
    };
    worker.onmessage = ({ data }: MessageEvent<LearnerMessage>) => tell(data);
    worker.onerror = (event) => {
      event.preventDefault();
      tell({ kind: "failed", message: event.message || "its program could not be loaded" });
    };
    worker.postMessage(lesson);
  }

  /** Ends the lesson, if there is one. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/**
 * The network of whoever uses the page: the stock network, or what it became by corrections. Every lesson begins with the
 * stock network and has all corrections, so that taking one back takes its whole effect back.
 */
export class OwnNetwork {
  readonly #listener: OwnNetworkListener;
  readonly #learner = new Learner();
  /** None where the browser keeps nothing, as in some private windows: then all lasts as long as the page. */
  #store: Store | undefined;
  #corrections: readonly KeptCorrection[] = [];
  #net: LeNet | undefined;
  #reject: number | undefined;
  /** The lesson that goes on; the results of others are outdated. */
  #lesson: Lesson | undefined;
  /** The newest task. They run one after another, so that none sees what another has half done. */
  #newest: Promise<void> = Promise.resolve();

  /**
   * @param listener Told what becomes of the network.
   */
  constructor(listener: OwnNetworkListener) {
    this.#listener = listener;
  }

  /** The network that reads now; undefined until it is loaded. */
  get net(): LeNet | undefined {
    return this.#net;
  }

  /** From which probability on ink is taken for a digit; the library's default when undefined. */
  get reject(): number | undefined {
    return this.#reject;
  }

  /** Loads the stock network, which reads until it is known what was kept, and then that. */
  load(): Promise<void> {
    return this.#inTurn(() => this.#load());
  }

  /**
   * Learns from a correction. An earlier one of the same picture was a slip of the hand, and is forgotten.
   *
   * @param correction The picture and the right digit.
   */
  correct(correction: Omit<KeptCorrection, "id">): Promise<void> {
    return this.#inTurn(() => this.#correct(correction));
  }

  /**
   * Takes a correction back.
   *
   * @param correction Which one.
   */
  remove(correction: KeptCorrection): Promise<void> {
    return this.#inTurn(() => this.#remove(correction));
  }

  /** Takes all corrections back. */
  forget(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store?.clear();
      this.#change([]);
      await this.#startOver("All corrections are forgotten.");
    });
  }

  /** Runs a task after all that were asked for before. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const result = this.#newest.then(task);
    this.#newest = result.catch(() => {});
    return result;
  }

  async #load(): Promise<void> {
    const opening = Store.open().catch(() => undefined);
    await this.#useStock();
    this.#store = await opening;
    const [bytes, corrections = []] = await Promise.all([
      this.#store?.network(),
      this.#store?.corrections(),
    ]);
    this.#change(corrections);
    // A kept network that is damaged is learned anew.
    const own = bytes &&
      await LeNet.load(bytes, { backend: "wasm" }).catch(() => undefined);
    if (own) this.#use(own);
    // Or the page was left in the middle of a lesson.
    else if (corrections.length > 0) await this.#learn();
  }

  async #correct(correction: Omit<KeptCorrection, "id">): Promise<void> {
    const last = this.#corrections.at(-1)?.id ?? 0;
    const slip = this.#corrections.find(({ pixels }) => isSame(pixels, correction.pixels));
    if (slip) await this.#store?.remove(slip);
    const kept = await this.#store?.add(correction) ?? { ...correction, id: last + 1 };
    this.#change([...this.#corrections.filter((other) => other !== slip), kept]);
    // Until the lesson ends there is none that knows this.
    await this.#store?.forgetNetwork();
    await this.#learn(kept);
  }

  async #remove(correction: KeptCorrection): Promise<void> {
    await this.#store?.remove(correction);
    await this.#store?.forgetNetwork();
    this.#change(this.#corrections.filter(({ id }) => id !== correction.id));
    if (this.#corrections.length > 0) await this.#learn();
    else await this.#startOver("The correction is forgotten.");
  }

  async #startOver(status: string): Promise<void> {
    this.#learner.stop();
    this.#lesson = undefined;
    this.#listener.onProgress(undefined);
    await this.#useStock();
    this.#listener.onStatus(status);
  }

  async #learn(newest?: KeptCorrection): Promise<void> {
    const { onProgress, onStatus } = this.#listener;
    onStatus(
      newest ? `Learning that this is ${aDigit(newest.label)}.` : "Learning your corrections.",
    );
    onProgress(0);
    using stock = await LeNet.load("digits", { backend: "wasm" });
    const lesson: Lesson = { stock: stock.save(), corrections: this.#corrections };
    this.#lesson = lesson;
    this.#learner.learn(lesson, (message: LearnerMessage) => {
      if (message.kind === "progress") return onProgress(message.share);
      this.#inTurn(async () => {
        // Corrections that were made or taken back meanwhile have begun another lesson.
        if (lesson !== this.#lesson) return;
        this.#lesson = undefined;
        onProgress(undefined);
        if (message.kind === "failed") throw new Error(message.message);
        await this.#finish(message.bytes, newest);
      }).catch((error) => onStatus(`It could not learn: ${sentence(error)}`));
    });
  }

  async #finish(bytes: Uint8Array<ArrayBuffer>, newest?: KeptCorrection): Promise<void> {
    const net = await LeNet.load(bytes, { backend: "wasm" });
    const status = newest ? await outcome(net, newest) : "Learned.";
    this.#use(net);
    await this.#store?.keepNetwork(bytes);
    this.#listener.onStatus(status);
  }

  #change(corrections: readonly KeptCorrection[]): void {
    this.#corrections = corrections;
    this.#listener.onCorrections(corrections);
  }

  async #useStock(): Promise<void> {
    this.#use(await LeNet.load("digits", { backend: "wasm" }));
  }

  #use(net: LeNet): void {
    this.#net = net;
    // What somebody called a digit is one from now on, and so is whatever is as much like one.
    const refused = this.#corrections.flatMap(({ digitness }) => digitness ?? []);
    this.#reject = refused.length === 0 ? undefined : Math.min(...refused) / 2;
    this.#listener.onNet(net, this.#reject);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((value, i) => value === other[i]);
}

/** What a network made of a correction. */
async function outcome(net: LeNet, { pixels: data, label }: KeptCorrection): Promise<string> {
  const { probabilities } = await net.classify({ data, width: 28, height: 28 }, { reject: 0 });
  const digit = probabilities.indexOf(Math.max(...probabilities));
  return digit === label
    ? `Learned: this is ${aDigit(label)}.`
    : `It tried, but takes this for ${aDigit(digit)}. Draw another like it, and correct that, too.`;
}

/** What the worker tells. */
export type LearnerMessage =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "learned"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

/** A correction as it is kept. */
export interface KeptCorrection extends Correction {
  /** A number of its own; those of later corrections are larger. */
  readonly id: number;
  /** How likely the ink was held to be a digit, 0 to 1; null where nobody asked. */
  readonly digitness: number | null;
}

const [NAME, VERSION] = ["lenet", 1];

const [CORRECTIONS, NETWORKS] = ["corrections", "networks"];

const MINE = "mine";

/** What the page keeps on this device: corrections, and the network that learned from them. */
class Store {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens the database, and makes it when there is none. */
  static async open(): Promise<Store> {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(CORRECTIONS, { keyPath: "id", autoIncrement: true });
      request.result.createObjectStore(NETWORKS);
    };
    return new Store(await result(request));
  }

  /** All corrections, the oldest first. */
  async corrections(): Promise<KeptCorrection[]> {
    return await result(this.#objects(CORRECTIONS, "readonly").getAll());
  }

  /** Keeps a correction, and gives it its number. */
  async add(correction: Omit<KeptCorrection, "id">): Promise<KeptCorrection> {
    const id = await result(this.#objects(CORRECTIONS, "readwrite").add(correction));
    return { ...correction, id: id as number };
  }

  /** Forgets a correction. */
  async remove({ id }: KeptCorrection): Promise<void> {
    await result(this.#objects(CORRECTIONS, "readwrite").delete(id));
  }

  /** The network that was kept, as the bytes of its file; undefined when there is none. */
  async network(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await result(this.#objects(NETWORKS, "readonly").get(MINE));
  }

  /** Keeps a network in place of the one before. */
  async keepNetwork(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await result(this.#objects(NETWORKS, "readwrite").put(bytes, MINE));
  }

  /** Forgets the network that was kept. */
  async forgetNetwork(): Promise<void> {
    await result(this.#objects(NETWORKS, "readwrite").delete(MINE));
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await result(this.#objects(CORRECTIONS, "readwrite").clear());
    await this.forgetNetwork();
  }

  #objects(name: string, mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(name, mode).objectStore(name);
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
