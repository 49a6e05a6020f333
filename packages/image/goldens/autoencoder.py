"""The convolutional autoencoders of packages/image/src/autoencoder in PyTorch, written from their papers' equations.

A configuration is the JSON of `AutoencoderConfig`, weights are a dictionary of tensors by the names of published checkpoints.
Used to make goldens (float64) and as the peer of the benchmark (float32).
"""

import torch
import torch.nn.functional as F


class Autoencoder:
    def __init__(self, config, weights):
        self.c = config
        self.w = weights
        self.lowest = len(config["multipliers"]) - 1

    # Names ----------------------------------------------------------------------------------------

    def level(self, side, level):
        if self.c["names"] == "llamagen":
            return f"{side}.conv_blocks.{level if side == 'encoder' else self.lowest - level}"
        return f"{side}.{'down' if side == 'encoder' else 'up'}.{level}"

    def block(self, side, level, at):
        return f"{self.level(side, level)}.{'res' if self.c['names'] == 'llamagen' else 'block'}.{at}"

    def middle(self, side):
        """Names of the parts of the middle, in their order, with whether they are attention."""
        blocks, attends = self.c["middleBlocks"], self.c["attention"] != "none"
        kinds = []
        for at in range(blocks):
            kinds.append(False)
            if attends and at + 1 < blocks:
                kinds.append(True)
        if self.c["names"] == "llamagen":
            return [(f"{side}.mid.{at}", attention) for at, attention in enumerate(kinds)]
        if self.c["names"] == "taming":
            return [(f"{side}.mid.{name}", name == "attn_1") for name in ["block_1", "attn_1", "block_2"]]
        return [(f"{side}.mid_block.{at}", attention) for at, attention in enumerate(kinds)]

    # Layers ---------------------------------------------------------------------------------------

    def conv(self, x, name, **options):
        weight = self.w[f"{name}.weight"]
        options.setdefault("padding", weight.shape[-1] // 2)
        return F.conv2d(x, weight, self.w.get(f"{name}.bias"), **options)

    def norm(self, x, name):
        return F.group_norm(x, 32, self.w[f"{name}.weight"], self.w[f"{name}.bias"], eps=1e-6)

    def residual(self, x, name):
        h = self.conv(F.silu(self.norm(x, f"{name}.norm1")), f"{name}.conv1")
        h = self.conv(F.silu(self.norm(h, f"{name}.norm2")), f"{name}.conv2")
        return h + (self.conv(x, f"{name}.nin_shortcut") if f"{name}.nin_shortcut.weight" in self.w else x)

    def attention(self, x, name):
        b, c, rows, columns = x.shape
        h = self.norm(x, f"{name}.norm")
        if self.c["attention"] == "fused":
            q, k, v = self.conv(h, f"{name}.qkv").chunk(3, dim=1)
        else:
            q, k, v = (self.conv(h, f"{name}.{part}") for part in "qkv")
        q, k, v = (part.flatten(2) for part in (q, k, v))
        weights = torch.softmax(torch.einsum("bci,bcj->bij", q, k) * c**-0.5, dim=2)
        mixed = torch.einsum("bij,bcj->bci", weights, v).reshape(b, c, rows, columns)
        return x + self.conv(mixed, f"{name}.proj_out")

    def down(self, x, level):
        name = self.level("encoder", level)
        if self.c["zeros"] == "after":
            return self.conv(F.pad(x, (0, 1, 0, 1)), f"{name}.downsample.conv", stride=2, padding=0)
        return self.conv(x, f"{name}.downsample", stride=2, padding=1)

    def up(self, x, level):
        name = f"{self.level('decoder', level)}.upsample"
        if self.c["up"] == "nearest":
            return self.conv(F.interpolate(x, scale_factor=2, mode="nearest"), f"{name}.conv")
        h = self.conv(x, f"{name}.conv1")
        b, c, rows, columns = h.shape
        h = h.reshape(b, 2, 2, c // 4, rows, columns).permute(0, 3, 4, 1, 5, 2)
        return h.reshape(b, c // 4, 2 * rows, 2 * columns)

    def adaptive(self, x, codes, level):
        name = f"decoder.adaptive.{level}"
        flat = codes.flatten(2)
        scale = F.linear((flat.var(dim=2, unbiased=True) + 1e-6).sqrt(), self.w[f"{name}.gamma.weight"], self.w[f"{name}.gamma.bias"])
        shift = F.linear(flat.mean(dim=2), self.w[f"{name}.beta.weight"], self.w[f"{name}.beta.bias"])
        return F.group_norm(x, 32, eps=1e-6) * scale[:, :, None, None] + shift[:, :, None, None]

    # Networks -------------------------------------------------------------------------------------

    def encode(self, x):
        """[b, 3, height, width] to what is quantized, [b, codeChannels, rows, columns]."""
        c = self.c
        h = self.conv(x, "encoder.conv_in")
        for level in range(self.lowest + 1):
            for at in range(c["encoderBlocks"]):
                h = self.residual(h, self.block("encoder", level, at))
                if level == self.lowest and c["attention"] != "none":
                    h = self.attention(h, f"{self.level('encoder', level)}.attn.{at}")
            if level < self.lowest:
                h = self.down(h, level)
        for name, attention in self.middle("encoder"):
            h = self.attention(h, name) if attention else self.residual(h, name)
        h = self.conv(F.silu(self.norm(h, "encoder.norm_out")), "encoder.conv_out")
        return self.conv(h, "quant_conv") if c["quantKernel"] else h

    def decode(self, codes):
        """[b, codeChannels, rows, columns] to [b, 3, height, width]."""
        c = self.c
        h = self.conv(codes, "post_quant_conv") if c["quantKernel"] else codes
        h = self.conv(h, "decoder.conv_in")
        for name, attention in self.middle("decoder"):
            h = self.attention(h, name) if attention else self.residual(h, name)
        for level in reversed(range(self.lowest + 1)):
            if c["adaptive"]:
                h = self.adaptive(h, codes, level)
            for at in range(c["decoderBlocks"]):
                h = self.residual(h, self.block("decoder", level, at))
                if level == self.lowest and c["attention"] != "none":
                    h = self.attention(h, f"{self.level('decoder', level)}.attn.{at}")
            if level > 0:
                h = self.up(h, level)
        return self.conv(F.silu(self.norm(h, "decoder.norm_out")), "decoder.conv_out")

    # Quantizers -----------------------------------------------------------------------------------

    def quantize(self, z):
        """[b, codeChannels, rows, columns] to ids (rows of a map first to last) and the smallest margin of a decision."""
        kind = self.c["quantizer"]
        if kind == "lfq":
            bits = (z > 0).long().flatten(2)
            powers = 2 ** torch.arange(bits.shape[1])
            return (bits * powers[None, :, None]).sum(1).flatten(), float(z.abs().min())
        codes = self.w["quantize.embedding.weight"]
        if kind != "var-multiscale":
            return self.nearest(z.permute(0, 2, 3, 1).reshape(-1, z.shape[1]), codes)
        ids, margins, rest = [], [], z
        for scale, side in enumerate(self.c["sides"]):
            small = F.interpolate(rest, size=(side, side), mode="area") if side != z.shape[-1] else rest
            found, margin = self.nearest(small.permute(0, 2, 3, 1).reshape(-1, z.shape[1]), codes)
            ids.append(found)
            margins.append(margin)
            rest = rest - self.added(found, scale, z.shape[-1])
        return torch.cat(ids), min(margins)

    def dequantize(self, ids, rows, columns):
        kind, channels = self.c["quantizer"], self.c["codeChannels"]
        if kind == "lfq":
            bits = (ids[:, None] >> torch.arange(channels)) & 1
            values = (2 * bits - 1).to(next(iter(self.w.values())).dtype)
        elif kind == "var-multiscale":
            total, start = 0, 0
            for scale, side in enumerate(self.c["sides"]):
                total = total + self.added(ids[start : start + side**2], scale, rows)
                start += side**2
            return total
        else:
            values = self.w["quantize.embedding.weight"][ids]
            if kind == "vq-cosine":
                values = F.normalize(values, dim=1)
        return values.reshape(1, rows, columns, channels).permute(0, 3, 1, 2)

    def nearest(self, rows, codes):
        if self.c["quantizer"] == "vq-cosine":
            scores = F.normalize(rows, dim=1) @ F.normalize(codes, dim=1).T
        else:
            scores = -torch.cdist(rows, codes) ** 2
        best = scores.topk(2, dim=1).values
        return scores.argmax(1), float((best[:, 0] - best[:, 1]).min())

    def added(self, ids, scale, side):
        """What the ids of a scale add to a map of VAR: phi of the codes, scaled up bicubically."""
        small = self.c["sides"][scale]
        h = self.w["quantize.embedding.weight"][ids].reshape(1, small, small, -1).permute(0, 3, 1, 2)
        if small != side:
            h = F.interpolate(h, size=(side, side), mode="bicubic", align_corners=False)
        count, scales = self.c["sharedConvolutions"], len(self.c["sides"])
        ticks = torch.linspace(1 / 3 / count, 1 - 1 / 3 / count, count, dtype=torch.float64)
        k = int((ticks - scale / max(scales - 1, 1)).abs().argmin())
        return 0.5 * h + 0.5 * self.conv(h, f"quantize.quant_resi.qresi_ls.{k}")
