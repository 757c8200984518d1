// A part of a training on another core: makes batches in the order in which their images come, or computes shards of steps.

/// <reference lib="deno.worker" />

import { loadNetwork, type Network } from "../engine/wasm/training_network.ts";
import { Random } from "../model/random.ts";
import { makeInputs } from "../train/batches.ts";
import {
  computeShards,
  type MadeBatch,
  type Message,
  type Pass,
  type SharedNetwork,
} from "./train_workers.ts";

declare const self: DedicatedWorkerGlobalScope;

let pass: Pass;

let random: Random;

let shared: SharedNetwork;

let network: Network;

self.onmessage = ({ data }: MessageEvent<Message>) => {
  switch (data.kind) {
    case "pass":
      pass = data;
      random = new Random(data.random);
      break;
    case "batch": {
      const { images, inputs } = data;
      makeInputs(images, pass.shape, pass, random, inputs);
      const made: MadeBatch = { images, inputs, random: random.state };
      self.postMessage(made, [images.buffer, inputs.buffer]);
      break;
    }
    case "network":
      shared = data;
      network = loadNetwork(data.architecture, data.plan);
      break;
    case "shards":
      network.weights.set(shared.weights);
      computeShards(network, shared, data);
      self.postMessage(undefined);
  }
};
