"""Loads files that `LeNet.save` wrote into PyTorch, runs them, and saves them again.

    python3 tests/golden/load_state_dicts.py FOLDER NAME...

Reads FOLDER/NAME.safetensors, builds the network that its metadata describe, loads every tensor with `strict=True`, and
writes FOLDER/NAME.torch.safetensors: the network's own state dict, with its logits for FOLDER/NAME.inputs.json, a flat
list, in the metadata. Needs PyTorch (written with 1.13, CPU).
"""

import json
import pathlib
import struct
import sys

import torch
from make_golden import build, save

DTYPES = {"I64": torch.int64, "F32": torch.float32, "F16": torch.float16}


def load(path):
    """As the safetensors library does: each tensor a view of the file's bytes, which lie at multiples of its size."""
    raw = bytearray(path.read_bytes())
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])
    metadata = header.pop("__metadata__")
    data = torch.frombuffer(raw, dtype=torch.uint8)[8 + length :]
    state = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        state[name] = data[begin:end].view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return state, metadata


def run(folder, name):
    state, metadata = load(folder / f"{name}.safetensors")
    architecture = json.loads(metadata["lenet"])["architecture"]
    network = build(architecture, torch.float32)
    network.load_state_dict(state, strict=True)
    inputs = torch.tensor(json.loads((folder / f"{name}.inputs.json").read_text()))
    with torch.no_grad():
        logits = network.double().eval()(inputs.double().reshape(-1, *architecture["input"]))
    save(
        folder / f"{name}.torch.safetensors",
        network.float().state_dict(),
        {"format": "pt", "logits": json.dumps(logits.flatten().tolist())},
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    for name in sys.argv[2:]:
        run(pathlib.Path(sys.argv[1]), name)
