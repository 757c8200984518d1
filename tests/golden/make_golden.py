"""Writes the golden files: what PyTorch computes for small networks and lines, for the tests to compare with.

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

# Squared distances are steep.
GENTLE = [(name, {**options, "learningRate": options["learningRate"] / 50}) for name, options in OPTIMIZERS]


def conv(name, filters, kernel, padding):
    return {"kind": "conv", "name": name, "filters": filters, "kernel": kernel, "padding": padding}


def activation(name):
    return {"kind": "activation", "activation": name}


def pool(mode):
    return {"kind": "pool", "mode": mode}


def dense(name, units):
    return {"kind": "dense", "name": name, "units": units}


def subsample(name):
    return {"kind": "subsample", "name": name}


def batch_norm(name):
    return {"kind": "batch-norm", "name": name}


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


def batch_normalized():
    """Batch normalization after convolutions and after a dense layer, in training and in evaluation."""
    architecture = {
        "name": "batch-normalized",
        "input": [2, 10, 10],
        "layers": [
            conv("conv1", 3, 3, 1),
            batch_norm("bn1"),
            activation("relu"),
            pool("max"),
            conv("conv2", 4, 3, 0),
            batch_norm("bn2"),
            activation("tanh"),
            FLATTEN,
            dense("fc1", 9),
            batch_norm("bn3"),
            activation("sigmoid"),
            dense("fc2", 5),
        ],
        "classes": 5,
    }
    return architecture, torch.randn(10, 2, 10, 10), torch.arange(10) % 5


def subsampled():
    """The LeNet of 1998, small: trainable subsampling, missing connections, scaled tanh, radial basis functions."""
    codes = ["##.##.#.##.#", ".#.##.#..##.", "#..#.##.#..#", "...###...###", "#.#.#.#.#.#."]
    architecture = {
        "name": "subsampled",
        "input": [1, 15, 14],
        "layers": [
            conv("C1", 4, 4, 0),
            activation("scaled-tanh"),
            subsample("S2"),
            activation("scaled-tanh"),
            {**conv("C3", 5, 3, 0), "connections": [[0, 1], [1, 2], [2, 3], [0, 3], [0, 1, 2, 3]]},
            activation("scaled-tanh"),
            subsample("S4"),
            activation("scaled-tanh"),
            FLATTEN,
            dense("F6", 12),
            activation("scaled-tanh"),
            {"kind": "rbf", "codes": codes},
        ],
        "classes": 5,
    }
    return architecture, strokes(8, 15, 14), torch.arange(8) % 5


class PartlyConnected(nn.Conv2d):
    def __init__(self, channels, filters, kernel, padding, connections):
        super().__init__(channels, filters, kernel, padding=padding)
        mask = torch.zeros(filters, channels, 1, 1)
        for filter, seen in enumerate(connections):
            mask[filter, seen] = 1
        self.register_buffer("mask", mask, persistent=False)
        self.weight.data *= mask

    def forward(self, x):
        return nn.functional.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class Subsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(channels) / 4 + 0.05)
        self.bias = nn.Parameter(torch.rand(channels) / 4)

    def forward(self, x):
        sums = nn.functional.avg_pool2d(x, 2) * 4
        return sums * self.weight[:, None, None] + self.bias[:, None, None]


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 * x / 3)


class RadialBasis(nn.Module):
    def __init__(self, codes):
        super().__init__()
        signs = [[1.0 if pixel == "#" else -1.0 for pixel in code] for code in codes]
        self.register_buffer("codes", torch.tensor(signs), persistent=False)

    def forward(self, x):
        return -((x[:, None] - self.codes) ** 2).sum(2)


def loss_of(architecture, logits, labels):
    if architecture["layers"][-1]["kind"] == "rbf":
        return -logits[torch.arange(len(labels)), labels].mean()
    return nn.functional.cross_entropy(logits, labels)


def strokes(count, height, width):
    """A few bright pixels on zeros: wherever the background is flat, the values under a pooling window tie."""
    images = torch.zeros(count, 1, height, width)
    for image in images[:, 0]:
        y, x = int(torch.randint(3, height - 3, [])), int(torch.randint(3, width - 3, []))
        image[y - 2 : y + 3, x] = torch.rand(5)
        image[y, x - 2 : x + 3] = torch.rand(5)
    return images


ACTIVATIONS = {
    "relu": nn.ReLU,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "scaled-tanh": ScaledTanh,
}


def build(architecture, dtype):
    shape = list(architecture["input"])
    modules = nn.Sequential()
    for index, layer in enumerate(architecture["layers"]):
        kind, name = layer["kind"], layer.get("name", str(index))
        if kind == "conv":
            filters, kernel, padding = layer["filters"], layer["kernel"], layer["padding"]
            if "connections" in layer:
                connections = layer["connections"]
                module = PartlyConnected(shape[0], filters, kernel, padding, connections)
            else:
                module = nn.Conv2d(shape[0], filters, kernel, padding=padding)
        elif kind == "dense":
            module = nn.Linear(shape[0], layer["units"])
        elif kind == "pool":
            module = nn.MaxPool2d(2) if layer["mode"] == "max" else nn.AvgPool2d(2)
        elif kind == "flatten":
            module = nn.Flatten()
        elif kind == "subsample":
            module = Subsample(shape[0])
        elif kind == "batch-norm":
            module = nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])
        elif kind == "dropout":
            module = nn.Dropout(layer["rate"])
        elif kind == "rbf":
            module = RadialBasis(layer["codes"])
        else:
            module = ACTIVATIONS[layer["activation"]]()
        modules.add_module(name, module)
        shape = list(modules.eval()(torch.zeros(1, *architecture["input"])).shape[1:])
    return modules.to(dtype).train()


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
        network.load_state_dict(state, strict=False)
        return network

    tensors = {"logits": fresh().eval()(inputs).detach()}
    network = fresh()
    loss = loss_of(architecture, network(inputs), labels)
    loss.backward()
    for name, parameter in network.named_parameters():
        tensors[f"gradients/{name}"] = parameter.grad

    losses = {}
    for name, options in optimizers:
        network = fresh()
        optimizer = make_optimizer(name, options, network.parameters())
        losses[name] = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            step_loss = loss_of(architecture, network(inputs), labels)
            step_loss.backward()
            optimizer.step()
            losses[name].append(step_loss.item())
        for key, parameter in without_counters(network.state_dict()).items():
            tensors[f"final/{name}/{key}"] = parameter
    return tensors, loss.item(), losses


def without_counters(state):
    return {name: value for name, value in state.items() if "num_batches" not in name}


def stored(tensor):
    """The name of the number format, and the values: those of other formats are stored in single precision."""
    values = tensor.flatten()
    if tensor.dtype == torch.int64:
        return "I64", struct.pack(f"<{len(values)}q", *values.tolist())
    if tensor.dtype == torch.bfloat16:
        return "BF16", struct.pack(f"<{len(values)}h", *values.view(torch.int16).tolist())
    return "F32", struct.pack(f"<{len(values)}f", *values.tolist())


def save(path, tensors, metadata):
    """A safetensors file: the length of the header, the header, the values."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        dtype, values = stored(tensor)
        header[name] = {
            "dtype": dtype,
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
    state = without_counters(build(architecture, torch.float32).state_dict())
    for name in state:
        if case is ties and name.startswith("conv"):
            state[name] = torch.randint(-2, 3, state[name].shape) / 4.0
        elif ".running_" in name or name.startswith("bn"):
            state[name] = torch.rand(state[name].shape) + 0.5
        else:
            state[name] *= 2  # Gradients well above what rounding leaves.
    # A bias before batch normalization has a gradient of nothing but rounding, which Adam would make steps of.
    optimizers = {ties: [], batch_normalized: OPTIMIZERS[:2], subsampled: GENTLE}.get(case, OPTIMIZERS)

    tensors, loss, losses = compute(architecture, state, inputs, labels, optimizers, torch.float64)
    single, _, _ = compute(architecture, state, inputs, labels, optimizers, torch.float32)
    apart = max(float((tensors[name] - single[name]).abs().max()) for name in tensors)
    assert apart < 1e-5, f"{architecture['name']}: single precision is {apart} apart"

    path = HERE / f"{case.__name__}.safetensors"
    save(
        path,
        {
            "inputs": inputs,
            "labels": labels.float(),
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


# The steps, the classes without the blank, and the texts of each golden line of `ctc.json`.
LINES = [
    (1, 2, [[], [1]]),
    (4, 2, [[0, 0], [0, 1, 0], [0, 1, 0, 1]]),
    (9, 10, [[3, 3, 7], [9, 0, 9, 9], []]),
    (20, 10, [[1, 2, 3, 4, 5, 6, 7, 8], [5] * 10]),
]


def make_lines(seed):
    """`ctc.json`: the connectionist temporal classification loss of texts on random lines, and its gradient.

    Lines are stored as `src/engine/ctc.ts` takes them: class by class, the blank last.
    """
    torch.manual_seed(seed)
    cases = []
    for steps, digits, texts in LINES:
        # Few bits each, which JSON writes exactly.
        logits = torch.randint(-2048, 2049, [digits + 1, steps]).double() / 512
        for text in texts:
            own = logits.clone().requires_grad_()
            loss = nn.functional.ctc_loss(
                own.log_softmax(0).T[:, None],
                torch.tensor([text], dtype=torch.long),
                torch.tensor([steps]),
                torch.tensor([len(text)]),
                blank=digits,
                reduction="sum",
            )
            loss.backward()
            cases.append(
                {
                    "steps": steps,
                    "classes": digits + 1,
                    "logits": logits.flatten().tolist(),
                    "text": text,
                    "loss": loss.item(),
                    "gradient": own.grad.flatten().tolist(),
                }
            )
    path = HERE / "ctc.json"
    path.write_text(json.dumps(cases, indent=2) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, {len(cases)} texts")


CASES = [relu_max, sigmoid_average, tanh_odd, ties, batch_normalized, subsampled]

if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for number, case in enumerate(CASES):
        make(case, seed=number)
    make_lines(seed=len(CASES))
