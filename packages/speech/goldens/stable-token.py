"""Small models in StableToken's layout, with random weights, and what PyTorch makes of sounds with them.

    python goldens/stable-token.py        # needs torch, numpy and safetensors

Written from the equations of arXiv 2509.22220 and of Whisper (arXiv 2212.04356), in float64, without code of either.
Each folder of `stable-token/` is a checkpoint; `expected.safetensors` beside it has, for every sound, ids, what the
quantizer was given (`features`, float32) and what it gives back (`quantized`). No projection of a voter is so close to 0
that float32 could decide otherwise: the script checks that its float32 run, too, stays 20 times closer than that.
"""

import functools
import json
import math
import os

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))
RATE, N_FFT, HOP = 16000, 400, 160

BASE = dict(
    d_model=16, num_mel_bins=128, encoder_layers=4, encoder_attention_heads=2, encoder_ffn_dim=32,
    max_source_positions=1500, pooling_kernel_size=2, pooling_type="avg", pooling_position=2, quantize_position=2,
    quantize_encoder_only=True, quantize_vocab_size=32, num_voters=3, activation_function="gelu",
)
# Every model but the first has windows of 2 s, to be small.
SHORT = dict(max_source_positions=100)
MODELS = {
    "published-shape": (dict(), 30, [0, 1, 159, 640, 641, 12801, 13122, 31 * RATE + 77]),
    "max-pooling-between": (
        dict(SHORT, pooling_type="max", pooling_kernel_size=4, pooling_position=1, quantize_position=3, num_voters=5,
             quantize_vocab_size=8192, num_mel_bins=80),
        2, [1, 1280, 1281, 9999, 5 * RATE + 1]),
    "no-bias-no-pooling": (
        dict(SHORT, pooling_kernel_size=None, quantize_position=1, quantize_encoder_only=False, num_voters=1,
             use_projection_bias=False, layernorm_after_quantize=True),
        2, [320, 321, 4000]),
}


@functools.cache
def noise(n, seed):
    """Numbers of a linear congruential generator, in [-0.25, 0.25), louder and softer; exact in float32."""
    out = np.empty(n, dtype=np.float32)
    state = seed
    for i in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = (state / 2**32 - 0.5) / (2 if (i // 1000) % 3 else 32)
    return out


def mel_bank(bands):
    def to_mel(f):
        return f / (200 / 3) if f < 1000 else 15 + 27 * math.log(f / 1000) / math.log(6.4)

    def to_hz(m):
        return m * 200 / 3 if m < 15 else 1000 * 6.4 ** ((m - 15) / 27)

    top = to_mel(RATE / 2)
    edges = [to_hz(top * i / (bands + 1)) for i in range(bands + 2)]
    bins = np.arange(N_FFT // 2 + 1) * RATE / N_FFT
    bank = np.zeros((bands, len(bins)))
    for i in range(bands):
        low, middle, high = edges[i:i + 3]
        rise, fall = (bins - low) / (middle - low), (high - bins) / (high - middle)
        bank[i] = np.maximum(0, np.minimum(rise, fall)) * 2 / (high - low)
    return torch.tensor(bank)


def log_mel(samples, bands):
    x = F.pad(samples[None, None], (N_FFT // 2, N_FFT // 2), mode="reflect")[0, 0]
    frames = x.unfold(0, N_FFT, HOP)[: len(samples) // HOP]
    window = 0.5 - 0.5 * torch.cos(2 * math.pi * torch.arange(N_FFT, dtype=torch.float64) / N_FFT)
    power = torch.fft.rfft(frames * window).abs() ** 2
    levels = torch.log10(torch.clamp(power @ mel_bank(bands).T, min=1e-10))
    return (torch.maximum(levels, levels.max() - 8) + 4) / 4  # (frames, bands)


def encode(w, c, mel, visible):
    """One window. visible: frames after the convolutions that are not padding alone."""
    d, heads = c["d_model"], c["encoder_attention_heads"]
    h = F.gelu(F.conv1d(mel.T[None], w["conv1.weight"], w["conv1.bias"], padding=1))
    h = F.gelu(F.conv1d(h, w["conv2.weight"], w["conv2.bias"], padding=1, stride=2))[0].T
    h = h + w["embed_positions.weight"][: len(h)]
    hidden_keys = torch.arange(len(h)) >= visible
    for i in range(c["quantize_position"]):
        p = f"layers.{i}."
        x = F.layer_norm(h, (d,), w[p + "self_attn_layer_norm.weight"], w[p + "self_attn_layer_norm.bias"])
        q = x @ w[p + "self_attn.q_proj.weight"].T + w[p + "self_attn.q_proj.bias"]
        k = x @ w[p + "self_attn.k_proj.weight"].T
        v = x @ w[p + "self_attn.v_proj.weight"].T + w[p + "self_attn.v_proj.bias"]
        q, k, v = (t.reshape(len(h), heads, d // heads).transpose(0, 1) for t in (q, k, v))
        scores = q @ k.transpose(1, 2) / math.sqrt(d // heads)
        scores = scores.masked_fill(hidden_keys, -math.inf)
        mixed = (scores.softmax(-1) @ v).transpose(0, 1).reshape(len(h), d)
        h = h + mixed @ w[p + "self_attn.out_proj.weight"].T + w[p + "self_attn.out_proj.bias"]
        x = F.layer_norm(h, (d,), w[p + "final_layer_norm.weight"], w[p + "final_layer_norm.bias"])
        x = F.gelu(x @ w[p + "fc1.weight"].T + w[p + "fc1.bias"])
        h = h + x @ w[p + "fc2.weight"].T + w[p + "fc2.bias"]
        size = c["pooling_kernel_size"]
        if size and i + 1 == c["pooling_position"]:
            h = F.pad(h, (0, 0, 0, -len(h) % size))
            pool = F.avg_pool1d if c["pooling_type"] == "avg" else F.max_pool1d
            h = pool(h.T[None], size, size)[0].T
            hidden_keys = torch.zeros(len(h), dtype=torch.bool)
    return h


def quantize(w, c, h):
    bits = int(math.log2(c["quantize_vocab_size"]))
    biased = c.get("use_projection_bias", True)
    projected = torch.stack([
        h @ w[f"quantizer.project_in.{i}.weight"].T + (w[f"quantizer.project_in.{i}.bias"] if biased else 0)
        for i in range(c["num_voters"])
    ])
    signs = torch.where(projected > 0, 1.0, -1.0).to(h.dtype)
    voted = torch.where(signs.mean(0) > 0, 1.0, -1.0).to(h.dtype)
    ids = ((voted > 0).long() * 2 ** torch.arange(bits)).sum(-1)
    quantized = voted @ w["quantizer.project_out.weight"].T
    if biased:
        quantized = quantized + w["quantizer.project_out.bias"]
    return ids, quantized, projected


def tokens_of(w, c, samples, seconds, dtype):
    per_token = 2 * HOP * (c["pooling_kernel_size"] or 1)
    results = []
    for start in range(0, len(samples), seconds * RATE):
        part = torch.tensor(samples[start:start + seconds * RATE], dtype=torch.float64)
        padded = F.pad(part, (0, -len(part) % per_token))
        mel = log_mel(padded, c["num_mel_bins"])
        w_typed = {k: v.to(dtype) for k, v in w.items()}
        h = encode(w_typed, c, mel.to(dtype), math.ceil(len(part) / (2 * HOP)))
        results.append((h, *quantize(w_typed, c, h)))
    return results


def weights(c, seed):
    g = torch.Generator().manual_seed(seed)
    d, ffn, bits = c["d_model"], c["encoder_ffn_dim"], int(math.log2(c["quantize_vocab_size"]))
    w = {}

    def make(name, *shape, scale=None):
        fan = math.prod(shape[1:]) if len(shape) > 1 else 1
        spread = scale if scale is not None else (fan ** -0.5 if len(shape) > 1 else 0.1)
        w[name] = torch.randn(*shape, generator=g) * spread

    make("conv1.weight", d, c["num_mel_bins"], 3, scale=(3 * c["num_mel_bins"]) ** -0.5 * 3)
    make("conv1.bias", d)
    make("conv2.weight", d, d, 3, scale=(3 * d) ** -0.5 * 3)
    make("conv2.bias", d)
    make("embed_positions.weight", c["max_source_positions"], d, scale=1.5)
    make("embed_positions2.weight", c["max_source_positions"], d, scale=0.3)
    layers = c["quantize_position"] if c["quantize_encoder_only"] else c["encoder_layers"]
    for i in range(layers):
        p = f"layers.{i}."
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            make(f"{p}self_attn.{name}.weight", d, d)
            if name != "k_proj":
                make(f"{p}self_attn.{name}.bias", d)
        for norm in ("self_attn_layer_norm", "final_layer_norm"):
            make(f"{p}{norm}.weight", d)
            w[f"{p}{norm}.weight"] += 1
            make(f"{p}{norm}.bias", d)
        make(f"{p}fc1.weight", ffn, d)
        make(f"{p}fc1.bias", ffn)
        make(f"{p}fc2.weight", d, ffn)
        make(f"{p}fc2.bias", d)
    make("layer_norm.weight", d)
    make("layer_norm.bias", d)
    biased = c.get("use_projection_bias", True)
    for i in range(c["num_voters"]):
        # Voters agree on most bits, as trained ones do.
        make(f"quantizer.project_in.{i}.weight", bits, d, scale=0.1)
        if biased:
            make(f"quantizer.project_in.{i}.bias", bits, scale=0.05)
    shared = torch.randn(bits, d, generator=g) * 0.5
    for i in range(c["num_voters"]):
        w[f"quantizer.project_in.{i}.weight"] += shared
    make("quantizer.project_out.weight", d, bits)
    if biased:
        make("quantizer.project_out.bias", d)
    w["codebook_used"] = torch.zeros(c["quantize_vocab_size"])
    return w


def main():
    for name, (changes, seconds, lengths) in MODELS.items():
        c = {**BASE, **changes}
        folder = os.path.join(HERE, "stable-token", name)
        os.makedirs(folder, exist_ok=True)
        # The first seed with which nothing hangs on rounding.
        for seed in range(1, 1000):
            w = weights(c, seed)
            expected, closest, error = {}, math.inf, 0.0
            for at, n in enumerate(lengths):
                sound = noise(n, at + 1)
                results = tokens_of(w, c, sound, seconds, torch.float64)
                for result, rough in zip(results, tokens_of(w, c, sound, seconds, torch.float32)):
                    closest = min(closest, result[3].abs().min().item())
                    error = max(error, (result[3] - rough[3]).abs().max().item())
                empty = torch.zeros(0, c["d_model"])
                expected[f"{n}.ids"] = torch.cat([r[1] for r in results] or [empty[:, 0]]).to(torch.int32)
                expected[f"{n}.features"] = torch.cat([r[0].float() for r in results] or [empty])
                expected[f"{n}.quantized"] = torch.cat([r[2].float() for r in results] or [empty])
            # Frames that no multiple of the pooling is: zeros fill them up.
            frames = 2 * (c["pooling_kernel_size"] or 1) * 3 - 1
            mel = noise(frames * c["num_mel_bins"], 99).reshape(frames, -1)
            for dtype in (torch.float32, torch.float64):
                w_typed = {k: v.to(dtype) for k, v in w.items()}
                h = encode(w_typed, c, torch.tensor(mel).to(dtype), (frames + 1) // 2)
                ids, _, projected = quantize(w_typed, c, h)
            closest = min(closest, projected.abs().min().item())
            expected |= {"odd.mel": torch.tensor(mel), "odd.ids": ids.int(), "odd.features": h.float().contiguous()}
            if closest > 20 * error:
                break
        else:
            raise SystemExit(f"{name}: every seed has a projection that hangs on rounding")
        # The long sound is there for its ids; every 25th vector is enough to see that they are right.
        for key in list(expected):
            if not key.endswith(".ids") and len(expected[key]) > 200:
                expected[key] = expected[key][::25].contiguous()
        print(f"{name}: seed {seed}, closest to 0 {closest:.2e}, float32 off by {error:.2e}, "
              f"{len(torch.cat([v for k, v in expected.items() if k.endswith('ids')]).unique())} ids used")
        save_file(w, os.path.join(folder, "model.safetensors"))
        save_file(expected, os.path.join(folder, "expected.safetensors"))
        with open(os.path.join(folder, "config.json"), "w") as file:
            json.dump(c, file, indent=1)
        preprocessor = dict(feature_size=c["num_mel_bins"], sampling_rate=RATE, hop_length=HOP, n_fft=N_FFT,
                            chunk_length=seconds, padding_value=0.0)
        with open(os.path.join(folder, "preprocessor_config.json"), "w") as file:
            json.dump(preprocessor, file, indent=1)


main()
