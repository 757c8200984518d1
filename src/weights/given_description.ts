import type { Architecture } from "../model/architecture.ts";
import type { Normalization, Preparation } from "../model/model.ts";

/** What a caller says of a network, because its file may not. */
export interface GivenDescription {
  /** The network, or its name, such as `lenet5`; needed for a file that holds weights and nothing else. */
  readonly architecture?: Architecture | string;
  /** A name for each class, in the order of the logits; default `0`, `1`, …. */
  readonly classNames?: readonly string[];
  /** What was done to the values of each channel, 0 to 1, before the network saw them; default nothing. */
  readonly normalization?: Normalization;
  /** How a picture becomes an input; default `digit` for networks of one channel, else `picture`. */
  readonly preparation?: Preparation;
}
