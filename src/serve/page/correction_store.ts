import type { Correction } from "./fine_tuning.ts";

/** A correction as it is stored. */
export interface StoredCorrection extends Correction {
  /** Unique; later corrections have larger numbers. */
  readonly id: number;
  /** Probability that the ink is a digit, 0 to 1, if the correction says that refused ink is a digit; else null. */
  readonly digitness: number | null;
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
