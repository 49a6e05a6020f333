"""Writes training-groups.json: an image classifier trained by PyTorch with parameter groups, OneCycleLR, batches in two
halves whose gradients are summed, and averaged weights: python training-groups.py (PyTorch 2.15.0, one thread)."""

import json

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_num_threads(1)
STEPS, HALVES = 12, 2


def numbers(shape, step):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * step).sin().float().reshape(shape)


# (batch, 2, 4, 6) -> conv2d -> GroupNorm -> SiLU -> conv2d, every second pixel -> GroupNorm -> SiLU -> mean -> linear -> classes
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 8, 3, padding=1)
        self.norm1 = torch.nn.GroupNorm(4, 8)
        self.conv2 = torch.nn.Conv2d(8, 6, 3, stride=2, padding=1)
        self.norm2 = torch.nn.GroupNorm(2, 6)
        self.head = torch.nn.Linear(6, 3)

    def forward(self, x):
        h = torch.nn.functional.silu(self.norm1(self.conv1(x)))
        h = torch.nn.functional.silu(self.norm2(self.conv2(h)))
        return self.head(h.mean((2, 3)))


net = Net()
with torch.no_grad():
    for index, (name, parameter) in enumerate(net.named_parameters()):
        parameter.copy_(numbers(parameter.shape, 0.7 + 0.1 * index) / 2)
names = [name for name, _ in net.named_parameters()]
groups = {"decayed": [], "others": [], "head": []}
for name, parameter in net.named_parameters():
    kind = "head" if name.startswith("head") else "decayed" if name.startswith("conv") and name.endswith("weight") else "others"
    groups[kind].append(parameter)
optimizer = torch.optim.AdamW(
    [
        {"params": groups["decayed"], "weight_decay": 0.1},
        {"params": groups["others"], "weight_decay": 0},
        {"params": groups["head"], "weight_decay": 0},
    ],
    lr=0.05,
    betas=(0.8, 0.95),
    eps=1e-6,
)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=[0.05, 0.05, 0.0125], total_steps=STEPS, cycle_momentum=False
)
averaged = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9))
averaged.update_parameters(net)  # The first call copies.
losses, norms, rates = [], [], []
for step in range(STEPS):
    optimizer.zero_grad()
    total = 0
    for half in range(HALVES):
        at = step * HALVES + half
        x = numbers((3, 2, 4, 6), 1.3 + 0.05 * at)
        target = (torch.arange(3) + at) % 3
        loss = torch.nn.functional.cross_entropy(net(x), target) / HALVES
        loss.backward()
        total += loss.item()
    norms.append(float(torch.nn.utils.clip_grad_norm_(net.parameters(), 0.08)))
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    averaged.update_parameters(net)
    losses.append(total)
    if step + 1 < STEPS:
        scheduler.step()
json.dump(
    {
        "recipe": "parameter number k is sin(i * (0.7 + 0.1 k)) / 2; batch number b is x = sin(i * (1.3 + 0.05 b)) of shape (3, 2, 4, 6), target (i + b) mod 3; two batches per step",
        "shapes": {name: list(parameter.shape) for name, parameter in net.named_parameters()},
        "losses": losses,
        "norms": norms,
        "rates": rates,
        "final": {name: parameter.detach().flatten().tolist() for name, parameter in net.named_parameters()},
        "averaged": {name: parameter.detach().flatten().tolist() for name, parameter in averaged.module.named_parameters()},
    },
    open("training-groups.json", "w"),
)
print(losses, norms)
