import type { LeNet } from "../lenet.ts";
import { LeNetError } from "../model/error.ts";

/** What fine-tuning throws when its loss is no longer finite, code `train/diverged`. */
export class DivergedError extends LeNetError {
  /** The network as it was before the last epoch that still had a finite loss; whoever takes it disposes of it. */
  readonly net: LeNet;

  /**
   * Makes the error.
   *
   * @param message One sentence for a person.
   * @param net The last good network.
   * @param options The error that caused this one, if any.
   */
  constructor(message: string, net: LeNet, options?: ErrorOptions) {
    super("train/diverged", message, options);
    this.name = "DivergedError";
    this.net = net;
  }
}
