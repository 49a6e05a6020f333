"""Writes voting-heads.json: losses of Voting-LFQ and their gradients by PyTorch: python voting-heads.py (PyTorch 2.15.0, float64)."""

import itertools
import json

import torch

VOTERS, BITS, DIMENSION, FRAMES, TEMPERATURE = 3, 5, 4, 6, 0.01
WEIGHTS = {"consensus": 0.5, "commitment": 0.3, "codebook": 0.8, "sample": 0.9, "batch": 1.2, "reconstruction": 0.7}
PERTURBED = [1]  # the voter that sees the perturbed features


def numbers(shape, step, scale):
    count = torch.Size(shape).numel()
    return ((torch.arange(count, dtype=torch.float64) * step).sin() * scale).float().double().reshape(shape)


clean = numbers((FRAMES, DIMENSION), 1.3, 1)
perturbed = clean + numbers((FRAMES, DIMENSION), 2.1, 0.4)
perturbed = perturbed.float().double()
# Small projections: at this temperature bits are certain from about 0.02 on.
parameters = {
    "project_in.weight": numbers((VOTERS * BITS, DIMENSION), 0.7, 0.01),
    "project_in.bias": numbers((VOTERS * BITS,), 0.9, 0.002),
    "project_out.weight": numbers((DIMENSION, BITS), 1.1, 0.5),
    "project_out.bias": numbers((DIMENSION,), 1.7, 0.5),
}
for parameter in parameters.values():
    parameter.requires_grad_(True)
codes = torch.tensor(list(itertools.product([-1.0, 1.0], repeat=BITS)), dtype=torch.float64)


def losses(form):
    w = parameters["project_in.weight"].view(VOTERS, BITS, DIMENSION)
    b = parameters["project_in.bias"].view(VOTERS, BITS)
    ps = [(perturbed if i in PERTURBED else clean) @ w[i].T + b[i] for i in range(VOTERS)]
    qs = [p + (torch.where(p > 0, 1.0, -1.0).double() - p).detach() for p in ps]
    s = sum(qs) / VOTERS
    centre = sum(ps) / VOTERS
    if form == "paper":
        consensus = sum(((p - centre) ** 2).sum(-1).mean() for p in ps) / VOTERS
    else:
        consensus = sum(((p - centre.detach()) ** 2).mean() for p in ps)
    commitment = sum(((p - s.detach()) ** 2).mean() for p in ps) / VOTERS
    sample, batch = 0, 0
    for p in ps:
        logits = 2 * p @ codes.T / TEMPERATURE
        q = logits.softmax(-1)
        sample = sample - (q * logits.log_softmax(-1)).sum(-1).mean() / VOTERS
        a = q.mean(0)
        batch = batch - (a * (a + 1e-5).log()).sum() / VOTERS
    decoded = s @ parameters["project_out.weight"].T + parameters["project_out.bias"]
    reconstruction = ((decoded - clean) ** 2).mean()
    total = (
        WEIGHTS["consensus"] * consensus
        + WEIGHTS["commitment"] * commitment
        + WEIGHTS["codebook"] * WEIGHTS["sample"] * (sample - WEIGHTS["batch"] * batch)
        + WEIGHTS["reconstruction"] * reconstruction
    )
    return {
        "total": total,
        "consensus": consensus,
        "commitment": commitment,
        "sampleEntropy": sample,
        "batchEntropy": batch,
        "reconstruction": reconstruction,
    }


def case(form):
    values = losses(form)
    gradients = torch.autograd.grad(values["total"], list(parameters.values()))
    return {
        "losses": {name: float(value.detach()) for name, value in values.items()},
        "gradients": {name: g.flatten().tolist() for name, g in zip(parameters, gradients)},
    }


json.dump(
    {
        "voters": VOTERS,
        "bits": BITS,
        "dimension": DIMENSION,
        "frames": FRAMES,
        "temperature": TEMPERATURE,
        "weights": WEIGHTS,
        "perturbedVoters": PERTURBED,
        "clean": clean.flatten().tolist(),
        "perturbed": perturbed.flatten().tolist(),
        "parameters": {name: p.detach().flatten().tolist() for name, p in parameters.items()},
        "paper": case("paper"),
        "released": case("released"),
    },
    open("voting-heads.json", "w"),
    indent=1,
)
