"""Makes small-<name>.safetensors (of taming .pt, a PyTorch checkpoint) and small-<name>.json: random weights, ids and reconstructions of small networks.

    python packages/image/goldens/small_networks.py

needs torch, numpy and safetensors. Weights are stored in float16; everything is computed from the stored values in float64.
Shapes of the tensors come from the names alone, so that the layout is not taken from the code under test.
"""

import json
import pathlib

import torch
from autoencoder import Autoencoder
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).parent

SMALL = {
    "channels": 32,
    "multipliers": [1, 1],
    "encoderBlocks": 1,
    "decoderBlocks": 2,
    "middleBlocks": 2,
    "attention": "separate",
    "bias": True,
    "zeros": "after",
    "up": "nearest",
    "adaptive": False,
    "latentChannels": 16,
    "latentKernel": 3,
    "codeChannels": 8,
    "quantKernel": 1,
    "quantizer": "vq",
    "codes": 64,
}
CONFIGS = {
    "taming": {**SMALL, "names": "taming"},
    "var": {
        **SMALL,
        "names": "taming",
        "attention": "fused",
        "latentChannels": 8,
        "quantKernel": 3,
        "quantizer": "var-multiscale",
        "sides": [1, 2, 4, 8],
        "sharedConvolutions": 4,
    },
    "open-magvit2": {
        **SMALL,
        "names": "open-magvit2",
        "multipliers": [1, 2],
        "encoderBlocks": 1,
        "decoderBlocks": 1,
        "middleBlocks": 1,
        "attention": "none",
        "bias": False,
        "zeros": "around",
        "up": "depth-to-space",
        "adaptive": True,
        "latentChannels": 10,
        "latentKernel": 1,
        "codeChannels": 10,
        "quantKernel": 0,
        "quantizer": "lfq",
        "codes": 1024,
        "order": "lsb-first",
    },
}
SIZES = {"taming": (16, 24), "var": (16, 16), "open-magvit2": (8, 12)}


def tensors(config, seed):
    """Random weights by name, in float64."""
    generator = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
    w = {}

    def conv(name, inputs, outputs, kernel=3, bias=True):
        w[f"{name}.weight"] = normal(outputs, inputs, kernel, kernel) / (inputs * kernel**2) ** 0.5
        if bias:
            w[f"{name}.bias"] = 0.1 * normal(outputs)

    def norm(name, channels):
        w[f"{name}.weight"] = 1 + 0.2 * normal(channels)
        w[f"{name}.bias"] = 0.2 * normal(channels)

    def residual(name, inputs, outputs):
        norm(f"{name}.norm1", inputs)
        conv(f"{name}.conv1", inputs, outputs, bias=config["bias"])
        norm(f"{name}.norm2", outputs)
        conv(f"{name}.conv2", outputs, outputs, bias=config["bias"])
        if inputs != outputs:
            conv(f"{name}.nin_shortcut", inputs, outputs, 1, bias=config["bias"])

    def attention(name, channels):
        norm(f"{name}.norm", channels)
        if config["attention"] == "fused":
            conv(f"{name}.qkv", channels, 3 * channels, 1)
        else:
            for part in "qkv":
                conv(f"{name}.{part}", channels, channels, 1)
        conv(f"{name}.proj_out", channels, channels, 1)

    net = Autoencoder(config, w)
    widths = [config["channels"] * m for m in config["multipliers"]]
    z, d = config["latentChannels"], config["codeChannels"]
    attends = config["attention"] != "none"

    def part(side, levels, blocks, h):
        if side == "decoder":
            for name, is_attention in net.middle(side):
                attention(name, h) if is_attention else residual(name, h, h)
        for level in levels:
            for at in range(blocks):
                residual(net.block(side, level, at), h, widths[level])
                h = widths[level]
                if attends and level == net.lowest:
                    attention(f"{net.level(side, level)}.attn.{at}", h)
            if side == "encoder" and level < net.lowest:
                conv(f"{net.level(side, level)}.downsample" + ("" if config["names"] == "open-magvit2" else ".conv"), h, h)
            if side == "decoder" and level > 0:
                if config["up"] == "nearest":
                    conv(f"{net.level(side, level)}.upsample.conv", h, h)
                else:
                    conv(f"{net.level(side, level)}.upsample.conv1", h, 4 * h)
        if side == "encoder":
            for name, is_attention in net.middle(side):
                attention(name, h) if is_attention else residual(name, h, h)
        norm(f"{side}.norm_out", h)
        return h

    conv("encoder.conv_in", 3, widths[0], bias=config["bias"])
    conv("encoder.conv_out", part("encoder", range(len(widths)), config["encoderBlocks"], widths[0]), z, config["latentKernel"])
    conv("decoder.conv_in", z, widths[-1])
    conv("decoder.conv_out", part("decoder", reversed(range(len(widths))), config["decoderBlocks"], widths[-1]), 3)
    if config["quantKernel"]:
        conv("quant_conv", z, d, config["quantKernel"])
        conv("post_quant_conv", d, z, config["quantKernel"])
    if config["adaptive"]:
        for level in range(len(widths)):
            width = widths[min(level + 1, net.lowest)]  # what comes from the level below
            for name in ["gamma", "beta"]:
                w[f"decoder.adaptive.{level}.{name}.weight"] = normal(width, d) / d**0.5
                w[f"decoder.adaptive.{level}.{name}.bias"] = 0.5 + 0.1 * normal(width)
    if config["quantizer"] != "lfq":
        w["quantize.embedding.weight"] = 0.6 * normal(config["codes"], d)
    for k in range(config.get("sharedConvolutions", 0)):
        conv(f"quantize.quant_resi.qresi_ls.{k}", d, d)
    return {name: value.half() for name, value in w.items()}


def image(height, width):
    """The wave of llamagen-tiny.json."""
    c, i, j = torch.meshgrid(torch.arange(3.0, dtype=torch.float64), torch.arange(height, dtype=torch.float64), torch.arange(width, dtype=torch.float64), indexing="ij")
    return (0.6 * torch.sin(0.35 * i + 0.8 * c) + 0.4 * torch.cos(0.22 * j * (c + 1) - 0.1 * i))[None]


def main():
    for name, config in CONFIGS.items():
        height, width = SIZES[name]
        rows, columns = height // 2, width // 2
        x = image(height, width).float().double()
        # The first seed whose decisions are all far from a tie, and no id is most of them.
        for seed in range(1000):
            stored = tensors(config, seed)
            net = Autoencoder(config, {key: value.double() for key, value in stored.items()})
            ids, margin = net.quantize(net.encode(x))
            if margin > 1e-3 and len(ids.unique()) > min(len(ids), config["codes"]) / 4:
                break
        else:
            raise SystemExit(f"{name}: no seed")
        decoded = net.decode(net.dequantize(ids, rows, columns))[0].permute(1, 2, 0)
        single = Autoencoder(config, {key: value.float() for key, value in stored.items()})
        difference = (single.decode(single.dequantize(ids, rows, columns))[0].permute(1, 2, 0) - decoded).abs().max()
        if name == "taming":
            # As Lightning stores it: under a key, among parts of the loss.
            state = {**stored, "loss.logvar": torch.zeros(()), "loss.discriminator.main.0.weight": torch.zeros(4, 3, 4, 4)}
            torch.save({"epoch": 3, "state_dict": state}, FOLDER / "small-taming.pt")
        else:
            save_file({key: value.contiguous() for key, value in stored.items()}, FOLDER / f"small-{name}.safetensors")
        golden = {
            "config": config,
            "seed": seed,
            "shape": [height, width, 3],
            "smallest_margin": round(margin, 6),
            "float32_max_abs_difference": float(f"{difference:.1e}"),
            "ids": ids.tolist(),
            "reconstruction": [round(value, 6) for value in decoded.flatten().tolist()],
        }
        (FOLDER / f"small-{name}.json").write_text(json.dumps(golden) + "\n")
        print(name, "seed", seed, "margin", margin, "ids", len(ids.unique()), "of", len(ids), "float32", float(difference))


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    main()
