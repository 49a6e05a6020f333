"""Writes schedules.json: learning rates of torch.optim.lr_scheduler: python schedules.py (PyTorch 2.15.0)."""

import json

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, OneCycleLR, SequentialLR


def rates(steps, make, lr=0.1):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = make(optimizer)
    values = []
    for step in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < steps:
            scheduler.step()
    return values


def one_cycle(steps, **options):
    return rates(steps, lambda o: OneCycleLR(o, max_lr=0.1, total_steps=steps, cycle_momentum=False, **options))


def warmup(o, steps, start=None):
    return LinearLR(o, start_factor=1 / steps if start is None else start / 0.1, total_iters=steps - 1)


cases = [
    ("warmupRate", {"rate": 0.1, "warmup": 5}, rates(8, lambda o: warmup(o, 5))),
    ("warmupRate", {"rate": 0.1, "warmup": 4, "startRate": 0.02}, rates(8, lambda o: warmup(o, 4, 0.02))),
    ("cosineRate", {"rate": 0.1, "steps": 10, "endRate": 0.01}, rates(11, lambda o: CosineAnnealingLR(o, 10, 0.01))),
    (
        "warmupDecayRate",
        {"rate": 0.1, "warmup": 4, "steps": 12},
        rates(13, lambda o: SequentialLR(o, [warmup(o, 4), CosineAnnealingLR(o, 8)], [4])),
    ),
    (
        "warmupDecayRate",
        {"rate": 0.1, "warmup": 4, "steps": 12, "endRate": 0.02, "shape": "linear"},
        rates(14, lambda o: SequentialLR(o, [warmup(o, 4), LinearLR(o, 1, 0.2, 8)], [4])),
    ),
    ("oneCycleRate", {"rate": 0.1, "steps": 20}, one_cycle(20)),
    ("oneCycleRate", {"rate": 0.1, "steps": 1}, one_cycle(1)),
    (
        "oneCycleRate",
        {"rate": 0.1, "steps": 16, "warmup": 2, "startDivisor": 10, "endDivisor": 100, "shape": "linear"},
        one_cycle(16, pct_start=2 / 16, div_factor=10, final_div_factor=100, anneal_strategy="linear"),
    ),
    ("oneCycleRate", {"rate": 0.1, "steps": 20, "warmup": 5, "phases": 3}, one_cycle(20, pct_start=0.25, three_phase=True)),
]
json.dump([{"schedule": name, "options": options, "rates": values} for name, options, values in cases], open("schedules.json", "w"))
