import type { Correction } from "./lesson.ts";

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
export class Store {
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
