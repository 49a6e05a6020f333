"""Writes training.json: a small network trained by PyTorch: python training.py (PyTorch 2.15.0, one thread)."""

import json

import torch

torch.set_num_threads(1)


def numbers(shape, step):
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * step).sin().float().reshape(shape)


# (batch, channels, frames) -> conv1d k3 -> GELU -> LayerNorm over channels -> attention with one head -> linear -> classes
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv1d(4, 8, 3, padding=1)
        self.norm = torch.nn.LayerNorm(8)
        self.q = torch.nn.Linear(8, 8)
        self.k = torch.nn.Linear(8, 8, bias=False)
        self.v = torch.nn.Linear(8, 8)
        self.head = torch.nn.Linear(8, 5)

    def forward(self, x):
        h = self.norm(torch.nn.functional.gelu(self.conv(x)).transpose(1, 2))
        scores = self.q(h) @ self.k(h).transpose(1, 2) / 8**0.5
        h = h + scores.softmax(-1) @ self.v(h)
        return self.head(h)


net = Net()
with torch.no_grad():
    for index, (name, parameter) in enumerate(net.named_parameters()):
        parameter.copy_(numbers(parameter.shape, 0.7 + 0.1 * index) / 2)
weights = {name: parameter.detach().flatten().tolist() for name, parameter in net.named_parameters()}
shapes = {name: list(parameter.shape) for name, parameter in net.named_parameters()}
x = numbers((2, 4, 6), 1.3)
target = (torch.arange(12) * 7 % 5).reshape(2, 6)
optimizer = torch.optim.AdamW(net.parameters(), lr=0.02, weight_decay=0.1)
losses, norms = [], []
for step in range(20):
    optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(net(x).reshape(12, 5), target.reshape(12))
    loss.backward()
    norms.append(float(torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)))
    optimizer.step()
    losses.append(float(loss))
final = {name: parameter.detach().flatten().tolist() for name, parameter in net.named_parameters()}
json.dump(
    {
        "recipe": "parameters sin(i * (0.7 + 0.1 * index)) / 2, x = sin(1.3 i), target 7 i mod 5, AdamW lr 0.02, weight decay 0.1, clip 0.5",
        "shapes": shapes,
        "weights": weights,
        "x": {"shape": list(x.shape), "values": x.flatten().tolist()},
        "target": {"shape": list(target.shape), "values": target.flatten().tolist()},
        "losses": losses,
        "norms": norms,
        "final": final,
    },
    open("training.json", "w"),
)
