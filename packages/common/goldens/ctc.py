"""Writes ctc.json: CTC losses and their gradients by PyTorch in float64: python ctc.py (PyTorch 2.15.0)."""

import json

import torch

F = torch.nn.functional


def case(name, shape, targets, input_lengths, target_lengths, blank=0, reduction="mean", infeasible="infinite"):
    batch, frames, classes = shape
    count = batch * frames * classes
    logits = (torch.arange(count, dtype=torch.float64) * 1.7).sin().mul(3).reshape(shape).requires_grad_()
    loss = F.ctc_loss(
        logits.log_softmax(-1).transpose(0, 1),
        torch.tensor(targets),
        torch.tensor(input_lengths),
        torch.tensor(target_lengths),
        blank=blank,
        reduction=reduction,
        zero_infinity=infeasible == "zero",
    )
    value = float(loss.detach())
    finite = value < float("inf")
    if finite:
        loss.backward()
    return {
        "name": name,
        "shape": shape,
        "targets": targets,
        "input_lengths": input_lengths,
        "target_lengths": target_lengths,
        "blank": blank,
        "reduction": reduction,
        "infeasible": infeasible,
        "loss": value if finite else "infinite",
        "gradient": logits.grad.flatten().tolist() if finite else None,
    }


cases = [
    case("mean", [2, 6, 4], [[1, 2, 3], [3, 1, 2]], [6, 6], [3, 3]),
    case("sum, repeated labels", [2, 7, 3], [[1, 1, 2], [2, 2, 2]], [7, 7], [3, 3], reduction="sum"),
    case("lengths", [3, 8, 5], [[1, 2, 3, 4], [4, 4, 0, 0], [2, 0, 0, 0]], [8, 5, 3], [4, 2, 1]),
    case("no labels", [2, 4, 3], [[1, 2], [1, 1]], [4, 4], [2, 0], reduction="sum"),
    case("as many frames as labels", [1, 3, 4], [[1, 2, 3]], [3], [3]),
    case("last class blank", [2, 6, 4], [[0, 2, 1], [1, 1, 0]], [6, 6], [3, 3], blank=3),
    case("one does not fit: zero", [2, 3, 3], [[1, 1, 1], [1, 2, 1]], [3, 3], [3, 3], infeasible="zero"),
    case("one does not fit: infinite", [2, 3, 3], [[1, 1, 1], [1, 2, 1]], [3, 3], [3, 3], reduction="sum"),
    case("long", [1, 60, 12], [[1 + 7 * i % 11 for i in range(20)]], [60], [20]),
]
with open("ctc.json", "w") as file:
    json.dump({"recipe": "logits 3 sin(1.7 i), (batch, frames, classes)", "cases": cases}, file)
