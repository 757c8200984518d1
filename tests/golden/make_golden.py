"""Writes the golden files: what PyTorch computes for small networks, for the tests to compare with.

    python3 tests/golden/make_golden.py

Needs PyTorch (written with 1.13, CPU). All is computed in double precision, from parameters and inputs that are exact
in single precision, and stored in single precision. The same in single precision must agree closely, or the case is
refused: then no test hangs on how some sum was rounded.
"""

import json
import pathlib
import struct

import torch
from torch import nn

STEPS = 10
HERE = pathlib.Path(__file__).parent

OPTIMIZERS = [
    ("sgd", {"learningRate": 0.1}),
    ("momentum", {"learningRate": 0.05, "momentum": 0.9}),
    ("adam", {"learningRate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    (
        "adamw",
        {
            "learningRate": 0.01,
            "beta1": 0.9,
            "beta2": 0.999,
            "epsilon": 1e-8,
            "weightDecay": 0.01,
        },
    ),
]


def conv(name, filters, kernel, padding):
    return {"kind": "conv", "name": name, "filters": filters, "kernel": kernel, "padding": padding}


def activation(name):
    return {"kind": "activation", "activation": name}


def pool(mode):
    return {"kind": "pool", "mode": mode}


def dense(name, units):
    return {"kind": "dense", "name": name, "units": units}


FLATTEN = {"kind": "flatten"}


def relu_max():
    """The LeNet of today, small. Inputs are strokes on a flat background."""
    architecture = {
        "name": "relu-max",
        "input": [1, 14, 14],
        "layers": [
            conv("conv1", 4, 5, 2),
            activation("relu"),
            pool("max"),
            conv("conv2", 6, 3, 0),
            activation("relu"),
            pool("max"),
            FLATTEN,
            dense("fc1", 16),
            activation("relu"),
            dense("fc2", 12),
            activation("relu"),
            dense("fc3", 10),
        ],
        "classes": 10,
    }
    return architecture, strokes(12, 14, 14), torch.arange(12) % 10


def sigmoid_average():
    """The LeNet of 1998: sigmoid, average pooling; an even kernel."""
    architecture = {
        "name": "sigmoid-average",
        "input": [1, 14, 14],
        "layers": [
            conv("conv1", 3, 5, 0),
            activation("sigmoid"),
            pool("average"),
            conv("conv2", 4, 2, 0),
            activation("sigmoid"),
            pool("average"),
            FLATTEN,
            dense("fc1", 12),
            activation("sigmoid"),
            dense("fc2", 10),
        ],
        "classes": 10,
    }
    return architecture, strokes(10, 14, 14), torch.randint(10, [10])


def tanh_odd():
    """Three channels, not square, odd sizes whose last row or column pooling drops, seven classes, linear at the end."""
    architecture = {
        "name": "tanh-odd",
        "input": [3, 11, 14],
        "layers": [
            conv("conv1", 4, 3, 1),
            activation("tanh"),
            pool("max"),
            conv("conv2", 5, 3, 0),
            activation("tanh"),
            pool("average"),
            FLATTEN,
            dense("fc1", 8),
            activation("tanh"),
            dense("fc2", 7),
        ],
        "classes": 7,
    }
    return architecture, torch.randn(6, 3, 11, 14), torch.tensor([0, 6, 3, 1, 5, 3])


def ties():
    """Maxima that tie: with few-bit weights and inputs every sum is exact, and different windows often sum to the same.

    The gradient belongs to the first maximum, row by row. There are no runs: after one step the sums are not exact.
    """
    architecture = {
        "name": "ties",
        "input": [1, 12, 12],
        "layers": [
            conv("conv1", 3, 3, 1),
            activation("relu"),
            pool("max"),
            conv("conv2", 4, 3, 0),
            pool("max"),
            FLATTEN,
            dense("fc1", 10),
        ],
        "classes": 10,
    }
    return architecture, torch.randint(3, [6, 1, 12, 12]) / 2.0, torch.tensor([7, 2, 1, 0, 4, 9])


def strokes(count, height, width):
    """A few bright pixels on zeros: wherever the background is flat, the values under a pooling window tie."""
    images = torch.zeros(count, 1, height, width)
    for image in images[:, 0]:
        y, x = int(torch.randint(3, height - 3, [])), int(torch.randint(3, width - 3, []))
        image[y - 2 : y + 3, x] = torch.rand(5)
        image[y, x - 2 : x + 3] = torch.rand(5)
    return images


def build(architecture, dtype):
    shape = list(architecture["input"])
    modules = nn.Sequential()
    for index, layer in enumerate(architecture["layers"]):
        kind, name = layer["kind"], layer.get("name", str(index))
        if kind == "conv":
            kernel, padding = layer["kernel"], layer["padding"]
            module = nn.Conv2d(shape[0], layer["filters"], kernel, padding=padding)
        elif kind == "dense":
            module = nn.Linear(shape[0], layer["units"])
        elif kind == "pool":
            module = nn.MaxPool2d(2) if layer["mode"] == "max" else nn.AvgPool2d(2)
        elif kind == "flatten":
            module = nn.Flatten()
        else:
            module = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}[layer["activation"]]()
        modules.add_module(name, module)
        shape = list(modules(torch.zeros(1, *architecture["input"])).shape[1:])
    return modules.to(dtype)


def make_optimizer(name, options, parameters):
    lr = options["learningRate"]
    if name in ("sgd", "momentum"):
        return torch.optim.SGD(parameters, lr, momentum=options.get("momentum", 0))
    kind = torch.optim.Adam if name == "adam" else torch.optim.AdamW
    betas = (options["beta1"], options["beta2"])
    decay = options.get("weightDecay", 0)
    return kind(parameters, lr, betas, options["epsilon"], weight_decay=decay)


def compute(architecture, state, inputs, labels, optimizers, dtype):
    """All results by name, and the losses of each run."""
    inputs = inputs.to(dtype)

    def fresh():
        network = build(architecture, dtype)
        network.load_state_dict(state)
        return network

    network = fresh()
    logits = network(inputs)
    loss = nn.functional.cross_entropy(logits, labels)
    loss.backward()
    tensors = {"logits": logits.detach()}
    for name, parameter in network.named_parameters():
        tensors[f"gradients/{name}"] = parameter.grad

    losses = {}
    for name, options in optimizers:
        network = fresh()
        optimizer = make_optimizer(name, options, network.parameters())
        losses[name] = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            step_loss = nn.functional.cross_entropy(network(inputs), labels)
            step_loss.backward()
            optimizer.step()
            losses[name].append(step_loss.item())
        for key, parameter in network.named_parameters():
            tensors[f"final/{name}/{key}"] = parameter.detach()
    return tensors, loss.item(), losses


def save(path, tensors, metadata):
    """A safetensors file: the length of the header, the header, the values."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        values = struct.pack(f"<{tensor.numel()}f", *tensor.flatten().tolist())
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(values)],
        }
        data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def make(case, seed):
    torch.manual_seed(seed)
    architecture, inputs, labels = case()
    state = build(architecture, torch.float32).state_dict()
    for name in state:
        if case is ties and name.startswith("conv"):
            state[name] = torch.randint(-2, 3, state[name].shape) / 4.0
        else:
            state[name] *= 2  # Gradients well above what rounding leaves.
    optimizers = [] if case is ties else OPTIMIZERS

    tensors, loss, losses = compute(architecture, state, inputs, labels, optimizers, torch.float64)
    single, _, _ = compute(architecture, state, inputs, labels, optimizers, torch.float32)
    apart = max(float((tensors[name] - single[name]).abs().max()) for name in tensors)
    assert apart < 1e-5, f"{architecture['name']}: single precision is {apart} apart"

    path = HERE / f"{case.__name__}.safetensors"
    save(
        path,
        {
            "inputs": inputs,
            "labels": labels,
            **{f"parameters/{name}": tensor for name, tensor in state.items()},
            **tensors,
        },
        {
            "architecture": json.dumps(architecture),
            "loss": json.dumps(loss),
            "runs": json.dumps(
                [
                    {"optimizer": name, "options": options, "losses": losses[name]}
                    for name, options in optimizers
                ]
            ),
        },
    )
    size = path.stat().st_size
    print(f"{path.name}: {size} bytes, {apart:.1e} from single precision, loss {loss:.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for number, case in enumerate([relu_max, sigmoid_average, tanh_odd, ties]):
        make(case, seed=number)
