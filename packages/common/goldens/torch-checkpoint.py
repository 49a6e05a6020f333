"""Writes torch-checkpoint.pt and torch-namespace.pt: python torch-checkpoint.py (PyTorch 2.15.0)."""

import argparse
import collections

import torch

base = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 8
state = collections.OrderedDict(
    {
        "weight": base.clone(),
        "transposed": base.t(),
        "slice": base[1:, ::2],
        "half": torch.tensor([0.5, -2.0], dtype=torch.float16),
        "brain": torch.tensor([1.0, -3.0], dtype=torch.bfloat16),
        "count": torch.tensor(7, dtype=torch.int64),
        "flags": torch.tensor([True, False]),
        "parameter": torch.nn.Parameter(torch.tensor([1.5])),
        "empty": torch.zeros(0, 3),
    }
)
torch.save({"model": state, "steps": 3}, "torch-checkpoint.pt")
torch.save({"model": state, "args": argparse.Namespace(lr=0.1)}, "torch-namespace.pt")
