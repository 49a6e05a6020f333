"""PyTorch: pytorch.py <threads> [gpu]. With `gpu` on the first one, where PyTorch can use it."""

import sys

import numpy
import torch
from serve import floats, serve

torch.set_num_threads(int(sys.argv[1]))
torch.set_grad_enabled(False)


def find_device():
    if sys.argv[2:] != ["gpu"]:
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


DEVICE = find_device()
WAIT = {"cpu": lambda: None, "cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}[DEVICE]


def load(path, *shape):
    return torch.from_numpy(floats(path, *shape)).to(DEVICE)


def nearest(task):
    codes = load(task["codes"], -1, task["dimensions"])
    start = codes.square().sum(dim=1) / -2

    def matmul_argmax(vectors):
        if task["metric"] == "euclidean":
            return torch.addmm(start, vectors, codes.T).argmax(dim=1)
        return (vectors @ codes.T).argmax(dim=1)

    # Of unit vectors the nearest is the one with the greatest cosine.
    def cdist_argmin(vectors):
        return torch.cdist(vectors, codes).argmin(dim=1)

    work = {"matmul": matmul_argmax, "cdist": cdist_argmin}[task["method"].split(", ")[0]]
    return keep(work, load(task["vectors"], -1, task["dimensions"]), numpy.uint32, is_moved(task))


def matmul(task):
    weights = load(task["weights"], -1, task["inner"])
    bias = load(task["bias"], -1)
    rows = load(task["rows"], -1, task["inner"])
    work = lambda rows: torch.nn.functional.linear(rows, weights, bias)
    return keep(work, rows, numpy.float32, is_moved(task))


def vote(task):
    shape = task["voters"], task["bits"]
    weights = load(task["weights"], -1, task["dimensions"])
    bias = load(task["bias"], -1)
    powers = 2 ** torch.arange(task["bits"], device=DEVICE)

    def ids(vectors):
        signs = torch.nn.functional.linear(vectors, weights, bias).unflatten(1, shape) > 0
        return ((signs.sum(dim=1) * 2 > task["voters"]) * powers).sum(dim=1)

    return keep(ids, load(task["vectors"], -1, task["dimensions"]), numpy.uint32, is_moved(task))


def limit(task):
    size = task["size"]
    if task["method"] == "arithmetic":
        a, b = torch.randn(2, size, size, device=DEVICE)
        return keep(lambda a: a @ b, a, numpy.float32)
    values = torch.randn(size, device=DEVICE)
    if task["method"] == "memory":
        to = torch.empty_like(values)
        return keep(lambda values: to.copy_(values), values, numpy.float32)
    if task["method"] == "upload":
        host = values.cpu()
        return keep(lambda _: host.to(DEVICE, copy=True), values, numpy.float32)
    return keep(lambda values: values.to("cpu", copy=True), values, numpy.float32)


def is_moved(task):
    return task["method"].endswith(", moved")


def keep(work, rows, dtype, moved=False):
    """run and result of `work(rows)`. If `moved`, rows come from the host's memory every time, and the result goes there."""
    found = {}
    host = rows.cpu() if moved else None

    def run():
        found["last"] = work(host.to(DEVICE)).cpu() if moved else work(rows)
        WAIT()

    return run, lambda: found["last"].cpu().numpy().astype(dtype)


name = torch.cuda.get_device_name() if DEVICE == "cuda" else DEVICE
version = torch.__version__ if sys.argv[2:] == [] else f"{torch.__version__} on {name}"
serve(version, {"nearest": nearest, "matmul": matmul, "vote": vote, "limit": limit})
