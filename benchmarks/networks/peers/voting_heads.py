"""The training step of ../voting-heads.ts in PyTorch: reads start and batches from a safetensors file, answers JSON lines.

The entropies are factorised as ours are, so that both compute the same; `--table` takes the softmax over all 2^d codes, as
the equations stand."""

import json
import sys
import time

import torch
from safetensors.torch import load_file

path, threads, voters, bits, temperature = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
table = "--table" in sys.argv
start = time.perf_counter()
torch.set_num_threads(threads)
tensors = load_file(path)
parameters = {name: torch.nn.Parameter(tensors[name]) for name in tensors if name.startswith("project_")}
weight, bias = parameters["project_in.weight"], parameters["project_in.bias"]
output_weight, output_bias = parameters["project_out.weight"], parameters["project_out.bias"]
split = bits // 2


def codes(count):
    return ((torch.arange(2**count)[None, :] >> torch.arange(count)[:, None]) & 1).float()


lower_codes, upper_codes, all_signs = codes(split), codes(bits - split), 2 * codes(bits) - 1


def total(clean, perturbed, mask):
    rows = clean.shape[0]
    p = clean @ (weight * (1 - mask)).T + perturbed @ (weight * mask).T + bias
    p = p.view(rows, voters, bits)
    votes = torch.where(p > 0, 1.0, -1.0).mean(1)
    centre = p.mean(1)
    consensus = voters * (p - centre[:, None]).square().mean()
    commitment = (p - votes[:, None]).square().mean()
    soft = centre + (votes - centre).detach()
    reconstruction = (soft @ output_weight.T + output_bias - clean).square().mean()
    if table:
        logits = 2 * p @ all_signs / temperature
        q = logits.softmax(-1)
        sample = -(q * logits.log_softmax(-1)).sum(-1).mean()
        mean = q.mean(0)
    else:
        logits = 4 / temperature * p
        sample = bits * (torch.nn.functional.softplus(-logits.abs()) + logits.abs() * torch.sigmoid(-logits.abs())).mean()
        by_voter = logits.transpose(0, 1)
        lower = (by_voter[..., :split] @ lower_codes).softmax(-1)
        upper = (by_voter[..., split:] @ upper_codes).softmax(-1)
        mean = lower.transpose(1, 2) @ upper / rows
    batch = -(mean * (mean + 1e-5).log()).sum() / voters
    return 0.25 * consensus + 0.25 * commitment + sample - batch + reconstruction


biases = [bias, output_bias]
weights = [weight, output_weight]
optimizer = torch.optim.AdamW(
    [{"params": weights, "weight_decay": 0.01}, {"params": biases, "weight_decay": 0.0}], lr=1e-4
)
batches = tensors["clean"].shape[0]
step = 0
print(json.dumps({"version": torch.__version__, "loadSeconds": time.perf_counter() - start}), flush=True)
for line in sys.stdin:
    losses, times = [], []
    for _ in range(json.loads(line)["steps"]):
        at = step % batches
        begin = time.perf_counter()
        optimizer.zero_grad()
        loss = total(tensors["clean"][at], tensors["perturbed"][at], tensors["masks"][at])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        times.append((time.perf_counter() - begin) * 1000)
        step += 1
    print(json.dumps({"losses": losses, "times": times}), flush=True)
