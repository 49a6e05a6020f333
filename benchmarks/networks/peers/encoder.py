"""StableToken's encoder in PyTorch, from the equations. Arguments: checkpoint, frames, threads, device."""

import json
import os
import sys
import time

import numpy
import torch
from safetensors.torch import load_file

folder, frames_file, threads, device = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
F = torch.nn.functional

with open(os.path.join(folder, "config.json")) as file:
    config = json.load(file)
D, HEADS = config["d_model"], config["encoder_attention_heads"]


def say(value):
    print(json.dumps(value), flush=True)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.self_attn = torch.nn.ModuleDict(
            {n: torch.nn.Linear(D, D, bias=n != "k_proj") for n in ["q_proj", "k_proj", "v_proj", "out_proj"]}
        )
        self.self_attn_layer_norm = torch.nn.LayerNorm(D)
        self.fc1 = torch.nn.Linear(D, config["encoder_ffn_dim"])
        self.fc2 = torch.nn.Linear(config["encoder_ffn_dim"], D)
        self.final_layer_norm = torch.nn.LayerNorm(D)

    def forward(self, x):
        b, t, d = x.shape
        h = self.self_attn_layer_norm(x)
        q, k, v = (self.self_attn[n](h).view(b, t, HEADS, -1).transpose(1, 2) for n in ["q_proj", "k_proj", "v_proj"])
        x = x + self.self_attn["out_proj"](F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d))
        return x + self.fc2(F.gelu(self.fc1(self.final_layer_norm(x))))


class Quantizer(torch.nn.Module):
    def __init__(self, bits):
        super().__init__()
        self.project_in = torch.nn.ModuleList([torch.nn.Linear(D, bits) for _ in range(config["num_voters"])])
        self.project_out = torch.nn.Linear(bits, D)

    def forward(self, h):
        votes = sum((project(h) > 0).int() for project in self.project_in)
        bits = votes * 2 > len(self.project_in)
        return (bits * 2 ** torch.arange(bits.shape[-1], device=h.device)).sum(-1)


class Encoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv1d(config["num_mel_bins"], D, 3, padding=1)
        self.conv2 = torch.nn.Conv1d(D, D, 3, padding=1, stride=2)
        self.embed_positions = torch.nn.Embedding(config["max_source_positions"], D)
        self.layers = torch.nn.ModuleList([Block() for _ in range(config["quantize_position"])])
        self.quantizer = Quantizer(config["quantize_vocab_size"].bit_length() - 1)

    def forward(self, mel):
        h = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)
        h = h + self.embed_positions.weight[: h.shape[1]]
        for layer in self.layers:
            h = layer(h)
        h = F.avg_pool1d(h.transpose(1, 2), config["pooling_kernel_size"]).transpose(1, 2)
        return h, self.quantizer(h)


def synchronize():
    if device != "cpu":
        torch.cuda.synchronize()


start = time.perf_counter()
with open(os.path.join(folder, "model.safetensors.index.json")) as file:
    files = sorted(set(json.load(file)["weight_map"].values()))
weights = {}
for name in files:
    weights |= load_file(os.path.join(folder, name))
with torch.device("meta"):
    net = Encoder()
net.load_state_dict(weights, assign=True)
del weights
net = net.to(device).eval()
mel = torch.from_numpy(numpy.fromfile(frames_file, dtype="<f4").reshape(-1, config["num_mel_bins"]).T.copy())[None]
say({"version": torch.__version__, "loadSeconds": time.perf_counter() - start})

with torch.inference_mode():
    for line in sys.stdin:
        to = json.loads(line).get("to")
        begin, cpu = time.perf_counter(), time.process_time()
        features, ids = net(mel.to(device))
        features, ids = features.cpu(), ids.cpu()
        synchronize()
        seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
        if to is not None:
            features.numpy().tofile(to)
        say({"seconds": seconds, "cpuSeconds": cpu, "ids": ids[0].tolist()})
