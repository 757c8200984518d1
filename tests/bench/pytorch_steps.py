"""Times training steps in PyTorch on one thread, a few at a time, for `pytorch.ts`.

The first line on standard output says what computes. Each line on standard input then asks for steps:
`{"architecture": …, "batch": …, "steps": …}`. The answer is a line with the time of each, in milliseconds. A network
stays in training from one request to the next.
"""

import json
import pathlib
import re
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "golden"))
from make_golden import build, loss_of  # noqa: E402


def blas():
    """The library of matrix products: what PyTorch takes for a dense layer depends on it more than on PyTorch."""
    if torch.backends.mkl.is_available():
        return "MKL"
    found = re.search(r"[^/\n]*blas[^/\n]*\.so[^/\n]*$", pathlib.Path("/proc/self/maps").read_text(), re.MULTILINE)
    return found.group() if found else "BLAS of its own"


def in_training(architecture, batch):
    """A function that takes one step and gives its time."""
    network = build(architecture, torch.float32)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    images = torch.rand(batch, *architecture["input"])
    labels = torch.randint(architecture["classes"], (batch,))

    def step():
        start = time.perf_counter()
        optimizer.zero_grad()
        loss_of(architecture, network(images), labels).backward()
        optimizer.step()
        return (time.perf_counter() - start) * 1000

    return step


torch.set_num_threads(1)
torch.manual_seed(1)
print(json.dumps(f"PyTorch {torch.__version__} with {blas()}"), flush=True)
steps = {}
for line in sys.stdin:
    request = json.loads(line)
    architecture = request["architecture"]
    name = architecture["name"]
    if name not in steps:
        steps[name] = in_training(architecture, request["batch"])
    print(json.dumps([steps[name]() for _ in range(request["steps"])]), flush=True)
