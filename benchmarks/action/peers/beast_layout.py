"""BEAST as published (arXiv 2506.06072), from its equations, in PyTorch; and on SciPy's splines.

`published` does with every chunk what the released code does: it evaluates the basis, repeats it for every joint, and
solves one system of equations for all. `cached` is the kindest that PyTorch can be: projection and basis as matrices,
made once. Single precision is what the released code computes in; `float64` is for comparison.
"""
from importlib.metadata import version

import numpy as np
import torch
from scipy.interpolate import BSpline, make_lsq_spline
from serve import call_times, serve

torch.set_num_threads(1)
torch.set_grad_enabled(False)


def clamped_knots(points, degree):
    inner = [i / (points - degree) for i in range(points - degree + 1)]
    return [0.0] * degree + inner + [1.0] * degree


def basis(phases, points, degree):
    """Cox and de Boor's recursion, 0/0 = 0, the last span closed: (steps, points)."""
    knots = torch.tensor(clamped_knots(points, degree), dtype=phases.dtype)
    u = phases[:, None]
    last = (u == 1) & (knots[1:] == 1) & (knots[:-1] < 1)
    values = (((u >= knots[:-1]) & (u < knots[1:])) | last).to(phases.dtype)
    for p in range(1, degree + 1):
        rise, fall = knots[p:-1] - knots[: -p - 1], knots[p + 1 :] - knots[1:-p]
        left = torch.where(rise > 0, (u - knots[: -p - 1]) / rise, 0)
        right = torch.where(fall > 0, (knots[p + 1 :] - u) / fall, 0)
        values = left * values[:, :-1] + right * values[:, 1:]
    return values


class Group:
    """Columns with curves of the same degree."""

    def __init__(self, columns, degree, options, dtype):
        self.columns, self.degree, self.dtype = columns, degree, dtype
        self.points, self.ridge = options["points"], options["ridge"]
        self.phases = torch.arange(options["steps"], dtype=dtype) / (options["steps"] - 1)
        self.phi = basis(self.phases, self.points, degree)
        gram = self.phi.T @ self.phi + self.ridge * torch.eye(self.points, dtype=dtype)
        self.projection = torch.linalg.solve(gram, self.phi.T)

    def joint_basis(self):
        return torch.block_diag(*[basis(self.phases, self.points, self.degree)] * len(self.columns))

    def fit_published(self, chunk):
        phi = self.joint_basis()
        gram = torch.einsum("ti,tj->ij", phi, phi) + self.ridge * torch.eye(phi.shape[1], dtype=self.dtype)
        right = torch.einsum("ti,t->i", phi, chunk[:, self.columns].T.reshape(-1))
        return torch.linalg.solve(gram, right).reshape(len(self.columns), self.points)

    def fit_cached(self, chunk):
        return (self.projection @ chunk[:, self.columns]).T

    def evaluate_published(self, weights):
        return (self.joint_basis() @ weights.reshape(-1)).reshape(len(self.columns), -1).T

    def evaluate_cached(self, weights):
        return self.phi @ weights.T


class Layout:
    """Weights are (columns, points), joints before grippers, as their tokens are."""

    def __init__(self, options, low, high, dtype):
        self.levels, self.dtype = options["levels"], dtype
        grippers = options["grippers"]
        joints = [column for column in range(options["columns"]) if column not in grippers]
        self.order = joints + grippers
        self.groups = [Group(joints, options["degree"], options, dtype), Group(grippers, 0, options, dtype)]
        bounds = torch.tensor([low, high], dtype=torch.float64).reshape(2, options["points"], -1)
        self.low, self.high = bounds[:, :, self.order].transpose(1, 2).to(dtype)

    def levels_of(self, chunk, how):
        weights = torch.cat([getattr(group, f"fit_{how}")(chunk) for group in self.groups])
        share = (torch.clamp(weights, self.low, self.high) - self.low) / (self.high - self.low)
        return (share * (self.levels - 1)).T.reshape(-1)

    def encode(self, chunk, how):
        return torch.round(self.levels_of(chunk, how)).long()

    def decode(self, tokens, how):
        share = tokens.reshape(-1, len(self.order)).T.to(self.dtype) / (self.levels - 1)
        weights = share * (self.high - self.low) + self.low
        joints = len(self.groups[0].columns)
        parts = zip(self.groups, (weights[:joints], weights[joints:]))
        chunk = torch.cat([getattr(group, f"evaluate_{how}")(part) for group, part in parts], dim=1)
        return chunk[:, np.argsort(self.order)]


class Scipy:
    """`make_lsq_spline` and `BSpline`, with the layout's bounds, in NumPy. Without ridge."""

    def __init__(self, layout):
        self.layout = layout
        self.low, self.high = layout.low.numpy(), layout.high.numpy()
        self.phases = layout.groups[0].phases.numpy()
        self.knots = [np.array(clamped_knots(group.points, group.degree)) for group in layout.groups]

    def levels_of(self, chunk, _):
        fits = [
            make_lsq_spline(self.phases, chunk[:, group.columns], knots, group.degree).c.T
            for group, knots in zip(self.layout.groups, self.knots)
        ]
        share = (np.clip(np.concatenate(fits), self.low, self.high) - self.low) / (self.high - self.low)
        return (share * (self.layout.levels - 1)).T.reshape(-1)

    def encode(self, chunk, _):
        return np.rint(self.levels_of(chunk, _)).astype(np.int64)

    def decode(self, tokens, _):
        share = tokens.reshape(-1, len(self.layout.order)).T / (self.layout.levels - 1)
        weights = share * (self.high - self.low) + self.low
        joints = len(self.layout.groups[0].columns)
        parts = zip(self.layout.groups, self.knots, (weights[:joints], weights[joints:]))
        chunk = np.hstack([BSpline(knots, part.T, group.degree)(self.phases) for group, knots, part in parts])
        return chunk[:, np.argsort(self.layout.order)]


class Peer:
    def load(self, options, low, high, chunks):
        shape = len(chunks), options["steps"], options["columns"]
        double = torch.tensor(chunks, dtype=torch.float64).reshape(shape)
        single = Layout(options, low, high, torch.float32)
        exact = Layout(options, low, high, torch.float64)
        self.kinds = {
            "published": (single, "published", double.float()),
            "cached": (single, "cached", double.float()),
            "published, float64": (exact, "published", double),
            "cached, float64": (exact, "cached", double),
            "scipy": (Scipy(exact), None, double.numpy()),
        }
        self.tokens = {}
        return list(self.kinds)

    def encoded(self, kind):
        code, how, chunks = self.kinds[kind]
        self.tokens[kind] = [code.encode(chunk, how) for chunk in chunks]
        unrounded = [code.levels_of(chunk, how).tolist() for chunk in chunks]
        return {"tokens": [tokens.tolist() for tokens in self.tokens[kind]], "unrounded": unrounded}

    def decoded(self, kind):
        code, how, _ = self.kinds[kind]
        return [code.decode(tokens, how).flatten().tolist() for tokens in self.tokens[kind]]

    def time_encode(self, kind):
        code, how, chunks = self.kinds[kind]
        return call_times(lambda chunk: code.encode(chunk, how), list(chunks))

    def time_decode(self, kind):
        code, how, _ = self.kinds[kind]
        return call_times(lambda tokens: code.decode(tokens, how), self.tokens[kind])


peer = Peer()
names = ["load", "encoded", "decoded", "time_encode", "time_decode"]
versions = ", ".join(f"{name} {version(name)}" for name in ["torch", "scipy", "numpy"])
serve(versions, {name: getattr(peer, name) for name in names})
