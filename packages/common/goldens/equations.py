"""Quantizers in PyTorch, from the equations of their papers: for goldens and comparisons where no package has them.

VAR's multi-scale residual quantizer (arXiv 2404.02905, algorithms 1 and 2), index backpropagation quantization (IBQ,
arXiv 2412.02692), Voting-LFQ (StableToken, arXiv 2509.22220, section 3.2) and binary spherical quantization (BSQ,
arXiv 2406.07548). Computes in the precision of its inputs.
"""

import numpy
import torch
import torch.nn.functional as F


def phi_of_scale(scale, scales, phis):
    """The convolution of a scale: the nearest of evenly spaced ticks, as VAR's checkpoints assume."""
    margin = 1 / 3 / phis if phis == 4 else 1 / 2 / phis
    ticks = numpy.linspace(margin, 1 - margin, phis)
    return int(numpy.argmin(numpy.abs(ticks - (scale / (scales - 1) if scales > 1 else 0))))


class MultiScale:
    """`codes` (K, C); `weights` (phis, C, C, 3, 3), `biases` (phis, C); `sides` ascending, the last that of the map."""

    def __init__(self, codes, weights, biases, sides, cosine=False, ratio=0.5):
        self.codes, self.weights, self.biases = codes, weights, biases
        self.sides, self.cosine, self.ratio = sides, cosine, ratio

    def nearest(self, rows):
        if self.cosine:
            return (F.normalize(rows, dim=-1) @ F.normalize(self.codes, dim=-1).T).argmax(-1)
        squares = (self.codes**2).sum(-1)
        return (squares - 2 * rows @ self.codes.T).argmin(-1)

    def added(self, ids, scale):
        """What the ids (maps, side²) of a scale add to the map, (maps, C, side, side)."""
        side, last = self.sides[scale], self.sides[-1]
        h = self.codes[ids].transpose(1, 2).reshape(len(ids), -1, side, side)
        if side != last:
            h = F.interpolate(h, size=(last, last), mode="bicubic")
        k = phi_of_scale(scale, len(self.sides), len(self.weights))
        convolved = F.conv2d(h, self.weights[k], self.biases[k], padding=1)
        return (1 - self.ratio) * h + self.ratio * convolved

    def quantize(self, maps):
        """Ids (maps, tokens), and the sum of what was added after each scale."""
        rest, total, ids, totals = maps, torch.zeros_like(maps), [], []
        for scale, side in enumerate(self.sides):
            small = F.interpolate(rest, size=(side, side), mode="area") if side != self.sides[-1] else rest
            found = self.nearest(small.flatten(2).transpose(1, 2))
            h = self.added(found, scale)
            rest, total = rest - h, total + h
            ids.append(found)
            totals.append(total)
        return torch.cat(ids, dim=1), totals

    def totals(self, ids):
        """The sums that ids (maps, tokens) stand for, without the map they were made of."""
        parts = ids.split([side * side for side in self.sides], dim=1)
        added = torch.stack([self.added(part, scale) for scale, part in enumerate(parts)])
        return added.cumsum(0)

    def next_inputs(self, ids):
        """(maps, tokens - sides[0]², C): the sum so far, at the side of the scale to be predicted."""
        inputs = [self.codes.new_zeros(len(ids), 0, self.codes.shape[1])] + [
            F.interpolate(total, size=(side, side), mode="area").flatten(2).transpose(1, 2)
            for total, side in zip(self.totals(ids), self.sides[1:])
        ]
        return torch.cat(inputs, dim=1)

    def loss(self, maps, beta=0.25):
        _, totals = self.quantize(maps)
        return sum((1 + beta) * F.mse_loss(total, maps) for total in totals) / len(totals)


def ibq(z, codes, temperature=0.01, beta=0.25, entropy_weight=0.05):
    """Ids, the terms of the loss, and the loss; differentiable in z (rows, d) and codes (K, d)."""
    logits = z @ codes.T
    soft = logits.softmax(-1)
    ids = soft.argmax(-1)
    hard = F.one_hot(ids, len(codes)).to(z.dtype)
    joint = (hard + soft - soft.detach()) @ codes
    alone = hard @ codes
    probabilities = (logits / temperature).softmax(-1)
    sample = -(probabilities * (logits / temperature).log_softmax(-1)).sum(-1).mean()
    mean = probabilities.mean(0)
    batch = -(mean * (mean + 1e-5).log()).sum()
    terms = {
        "joint": ((joint - z) ** 2).mean(),
        "commitment": ((alone.detach() - z) ** 2).mean(),
        "codebook": ((alone - z.detach()) ** 2).mean(),
        "sampleEntropy": sample,
        "batchEntropy": batch,
    }
    total = terms["joint"] + terms["commitment"] + beta * terms["codebook"] + entropy_weight * (sample - batch)
    return ids, terms, total


def sign_entropies(groups, codes, temperature, clamped):
    """Mean entropy of a row's codes, and entropy of their mean, each averaged over groups. groups (rows, groups, bits)."""
    logits = 2 * groups @ codes.T / temperature
    q = logits.softmax(-1)
    if clamped:
        sample = -(q * q.clamp(min=1e-5).log()).sum(-1).mean()
        mean = q.mean(0)
        return sample, -(mean * mean.clamp(min=1e-5).log()).sum(-1).mean()
    sample = -(q * logits.log_softmax(-1)).sum(-1).mean()
    mean = q.mean(0)
    return sample, -(mean * (mean + 1e-5).log()).sum(-1).mean()


def sign_codes(bits, value=1.0):
    """All 2^bits rows of ±value."""
    places = torch.arange(bits)
    return ((torch.arange(2**bits)[:, None] >> places) & 1).double() * 2 * value - value


def voting_lfq(branches, temperature=0.01):
    """Ids (bit 0 lowest), the signs of the majority, and the loss as StableToken's code sums it. branches (rows, voters, bits)."""
    _, voters, bits = branches.shape
    signs = torch.where(branches > 0, 1.0, -1.0).to(branches.dtype)
    soft = signs.mean(1, keepdim=True)
    majority = torch.where(soft[:, 0] > 0, 1.0, -1.0).to(branches.dtype)
    ids = ((majority > 0) * 2 ** torch.arange(bits)).sum(-1)
    consensus = ((branches - branches.mean(1, keepdim=True)) ** 2).mean((0, 2)).sum()
    commitment = ((branches - soft) ** 2).mean()
    sample, batch = sign_entropies(branches, sign_codes(bits).to(branches.dtype), temperature, clamped=False)
    return ids, majority, 0.25 * consensus + 0.25 * commitment + sample - batch


def bsq(x, codebooks, inverse_temperature=100.0):
    """Ids (bit 0 highest), codes, and commitment + sample - batch entropy, summed over codebooks. x (rows, dimension)."""
    rows, dimension = x.shape
    bits = dimension // codebooks
    value = dimension**-0.5
    u = x / x.norm(dim=-1, keepdim=True)
    codes = torch.where(u > 0, value, -value).to(x.dtype)
    powers = 2 ** torch.arange(bits - 1, -1, -1)
    ids = ((u > 0).reshape(rows, codebooks, bits) * powers).sum(-1)
    groups = u.reshape(rows, codebooks, bits)
    sample, batch = sign_entropies(
        groups, sign_codes(bits, value).to(x.dtype), 1 / inverse_temperature, clamped=True
    )
    return ids, codes, ((u - codes) ** 2).mean() + codebooks * (sample - batch)
