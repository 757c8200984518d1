"""Writes state dicts as people save them from PyTorch, under names of all kinds, for the tests to load.

    python3 tests/golden/make_state_dicts.py

Needs PyTorch (written with 1.13, CPU). Each file is what the safetensors library's `save_file` would write of a state
dict; its metadata hold our architecture of the same network, inputs, and the logits that PyTorch computes for them.
"""

import json

import torch
from make_golden import FLATTEN, HERE, activation, batch_norm, conv, dense, pool, save
from torch import nn

COUNT = 3


def dropout(rate):
    return {"kind": "dropout", "rate": rate}


def sequential():
    """Modules without names of their own: two of one shape, whose numbers read as text are the wrong way round."""
    architecture = {
        "name": "sequential",
        "input": [1, 10, 12],
        "layers": [
            conv("conv1", 3, 3, 1),
            activation("relu"),
            pool("max"),
            conv("conv2", 4, 3, 0),
            activation("relu"),
            pool("max"),
            FLATTEN,
            dense("fc1", 6),
            activation("relu"),
            dense("fc2", 6),
            activation("relu"),
            dense("fc3", 6),
            activation("relu"),
            dropout(0.25),
            dense("fc4", 5),
        ],
        "classes": 5,
    }
    network = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 4, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8, 6),
        nn.ReLU(),
        nn.Linear(6, 6),
        nn.ReLU(),
        nn.Linear(6, 6),
        nn.ReLU(),
        nn.Dropout(0.25),
        nn.Linear(6, 5),
    )
    return architecture, network


class FeaturesAndClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Sequential(
            nn.Dropout(0.5), nn.Linear(8, 6), nn.ReLU(), nn.Dropout(0.5), nn.Linear(6, 3)
        )

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def features_classifier():
    """The last part comes first by name; two batch normalizations of one shape, which have counted batches."""
    architecture = {
        "name": "features-classifier",
        "input": [2, 10, 12],
        "layers": [
            conv("conv1", 4, 3, 1),
            batch_norm("bn1"),
            activation("relu"),
            pool("max"),
            conv("conv2", 4, 3, 0),
            batch_norm("bn2"),
            activation("relu"),
            pool("max"),
            FLATTEN,
            dropout(0.5),
            dense("fc1", 6),
            activation("relu"),
            dropout(0.5),
            dense("fc2", 3),
        ],
        "classes": 3,
    }
    network = FeaturesAndClassifier().train()
    for _ in range(3):
        network(torch.randn(8, 2, 10, 12) + 1)
    return architecture, network


class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.outer = nn.Linear(48, 6)
        self.middle = nn.Linear(6, 6)
        self.inner = nn.Linear(6, 6)
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        x = nn.functional.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = torch.tanh(self.outer(torch.flatten(x, 1)))
        return self.head(torch.tanh(self.inner(torch.tanh(self.middle(x)))))


def prefixed():
    """Our names behind those of a wrapper; only they tell two layers of one shape apart. Weights of 16 bits."""
    architecture = {
        "name": "prefixed",
        "input": [3, 8, 10],
        "layers": [
            conv("conv1", 4, 3, 0),
            activation("tanh"),
            pool("average"),
            FLATTEN,
            dense("outer", 6),
            activation("tanh"),
            dense("middle", 6),
            activation("tanh"),
            dense("inner", 6),
            activation("tanh"),
            dense("head", 4),
        ],
        "classes": 4,
    }
    return architecture, nn.DataParallel(Named()).bfloat16()


def make(case, seed):
    torch.manual_seed(seed)
    architecture, network = case()
    state = network.state_dict()
    inputs = torch.randint(-4, 5, [COUNT, *architecture["input"]]) / 4.0
    logits = network.double().eval()(inputs.double()).flatten().tolist()

    path = HERE / f"state_dict_{case.__name__}.safetensors"
    metadata = {
        "format": "pt",
        "architecture": json.dumps(architecture),
        "inputs": json.dumps(inputs.flatten().tolist()),
        "logits": json.dumps([round(logit, 8) for logit in logits]),
    }
    # In the order in which the library lays tensors down: the widest format first, then by name.
    tensors = sorted(state.items(), key=lambda item: (-item[1].element_size(), item[0]))
    save(path, {name: tensor.clone() for name, tensor in tensors}, metadata)
    print(f"{path.name}: {path.stat().st_size} bytes, {', '.join(state)}")


CASES = [sequential, features_classifier, prefixed]

if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for number, case in enumerate(CASES):
        make(case, seed=number)
