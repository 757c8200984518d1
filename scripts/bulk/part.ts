import type { Picture } from "./pictures.ts";

/** What a worker is started with. */
export interface WorkerSettings {
  /** A pretrained network, or the path of a file. */
  readonly weights: string;
  readonly backend: "auto" | "webgpu" | "wasm";
  readonly reject?: number;
}

/** Some pictures for a worker: files to be read, or pixels of an IDX file, one picture after another. */
export interface Part {
  readonly pictures: readonly Picture[];
  readonly pixels?: {
    readonly data: Uint8Array<ArrayBuffer>;
    readonly width: number;
    readonly height: number;
  };
}

/** The answers to a part, as lines of JSON in the order of its pictures. */
export interface PartAnswer {
  readonly lines: Uint8Array<ArrayBuffer>;
  /** How many there are. */
  readonly count: number;
  /** How many of them are errors. */
  readonly failed: number;
}
