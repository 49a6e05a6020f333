"""The model of ../speech-model.ts in PyTorch: reads weights and batch from a safetensors file, answers lines {steps} with losses and times."""

import json
import sys
import time

import torch
from safetensors.torch import load_file

path, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
F = torch.nn.functional


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.self_attn = torch.nn.ModuleDict(
            {n: torch.nn.Linear(width, width, bias=n != "k_proj") for n in ["q_proj", "k_proj", "v_proj", "out_proj"]}
        )
        self.self_attn_layer_norm = torch.nn.LayerNorm(width)
        self.fc1 = torch.nn.Linear(width, 4 * width)
        self.fc2 = torch.nn.Linear(4 * width, width)
        self.final_layer_norm = torch.nn.LayerNorm(width)

    def forward(self, x):
        b, t, d = x.shape
        h = self.self_attn_layer_norm(x)
        q, k, v = (self.self_attn[n](h).view(b, t, self.heads, -1).transpose(1, 2) for n in ["q_proj", "k_proj", "v_proj"])
        x = x + self.self_attn["out_proj"](F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d))
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv1d(80, 256, 3, padding=1)
        self.conv2 = torch.nn.Conv1d(256, 256, 3, padding=1)
        self.layers = torch.nn.ModuleList([Block(256, 4) for _ in range(2)])
        self.head = torch.nn.Linear(256, 128)

    def forward(self, x):
        h = F.gelu(self.conv2(F.gelu(self.conv1(x)))).transpose(1, 2)
        for layer in self.layers:
            h = layer(h)
        return self.head(h)


def say(value):
    print(json.dumps(value), flush=True)


start = time.perf_counter()
tensors = load_file(path)
x, target = tensors.pop("x"), tensors.pop("target")
net = Net()
net.load_state_dict(tensors)
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
say({"version": torch.__version__, "loadSeconds": time.perf_counter() - start})
for line in sys.stdin:
    losses, times = [], []
    for _ in range(json.loads(line)["steps"]):
        begin = time.perf_counter()
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x).flatten(0, 1), target.flatten())
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
        times.append((time.perf_counter() - begin) * 1000)
    say({"losses": losses, "times": times})
