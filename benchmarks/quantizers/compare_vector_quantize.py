"""Compares polytok's FSQ, residual FSQ and LFQ with vector-quantize-pytorch on random vectors.

    pip install torch vector-quantize-pytorch==1.32.0
    python compare_vector_quantize.py

Prints, per case, how many ids differ and how far decoded vectors and losses are apart. Exit code 1 when an id differs
in double precision, or a value by more than TOLERANCE. In single precision ids may differ where a number lies on the
edge of its cell up to rounding; these are counted only.
"""

import json
import pathlib
import subprocess
import sys
from importlib.metadata import version

import torch
from vector_quantize_pytorch import FSQ, LFQ, ResidualFSQ

ROWS = 20_000
SEED = 0
# The peer leaves the commitment loss out where its weight is 0.
COMMITMENT_WEIGHT = 0.25
# Decoded values and losses of the peer are single precision.
TOLERANCE = 2e-6
HERE = pathlib.Path(__file__).parent


def fsq(levels, codebooks=1, symmetric=False):
    kind = "fsq-lucidrains-symmetric" if symmetric else "fsq-lucidrains"
    peer = FSQ(levels, num_codebooks=codebooks, preserve_symmetry=symmetric)
    return {"type": kind, "levels": levels, "codebooks": codebooks}, peer, len(levels) * codebooks


def residual_fsq(levels, layers):
    peer = ResidualFSQ(levels=levels, num_quantizers=layers)
    # The peer keeps its constants in single precision, and layers magnify their rounding; doubles make the
    # comparison one of the method.
    double = torch.tensor(levels).double()
    peer.scales = torch.stack([double**-layer for layer in range(layers)])
    peer.soft_clamp_input_value = 1 + 1 / (double - 1)
    for layer in peer.layers:
        layer._levels = double
    return {"type": "rfsq", "levels": levels, "layers": layers}, peer, len(levels)


def lfq(bits, codebooks=1, spherical=False, scale=1.0):
    peer = LFQ(
        codebook_size=2**bits,
        num_codebooks=codebooks,
        spherical=spherical,
        codebook_scale=scale,
        commitment_loss_weight=COMMITMENT_WEIGHT,
    )
    config = {"type": "lfq", "bits": bits, "codebooks": codebooks, "order": "msb-first"}
    return {**config, "spherical": spherical, "scale": scale}, peer, bits * codebooks


CASES = {
    "fsq [8,5,5,5]": fsq([8, 5, 5, 5]),
    "fsq [7,5,5,5,5]": fsq([7, 5, 5, 5, 5]),
    "fsq [8,8,8,6,5], 3 codebooks": fsq([8, 8, 8, 6, 5], codebooks=3),
    "fsq symmetric [8,5,5,5]": fsq([8, 5, 5, 5], symmetric=True),
    "fsq symmetric [2]*10": fsq([2] * 10, symmetric=True),
    "residual fsq [8,5,5,3], 1 layer": residual_fsq([8, 5, 5, 3], 1),
    "residual fsq [8,5,5,3], 4 layers": residual_fsq([8, 5, 5, 3], 4),
    "lfq 13 bits": lfq(13),
    "lfq 8 bits, 3 codebooks": lfq(8, codebooks=3),
    "lfq 10 bits, spherical": lfq(10, spherical=True),
    "lfq 6 bits, 2 codebooks, spherical, scale 0.5": lfq(6, codebooks=2, spherical=True, scale=0.5),
}


class Polytok:
    """A script beside this one that answers requests line by line."""

    def __init__(self, script):
        command = ["npx", "tsx", "--conditions=@polytok/source", script]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=HERE, stdin=pipe, stdout=pipe, text=True)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def ask_peer(peer, vectors):
    """ids and decoded vectors of vectors in their own precision, `(rows, dimension)`."""
    peer.eval()
    with torch.no_grad():
        decoded, ids, *_ = peer(vectors[None])
    return ids.reshape(-1), decoded.reshape(-1).double()


def peer_losses(peer, vectors, inverse_temperature):
    peer.train()
    with torch.no_grad():
        _, losses = peer(vectors[None], inv_temperature=inverse_temperature, return_loss_breakdown=True)
    return [float(value) for value in losses]


def compare(polytok, config, peer, dimension, generator):
    vectors = torch.randn(ROWS, dimension, generator=generator) * 1.5
    answer = polytok.ask({"config": config, "vectors": vectors.flatten().tolist()})
    ids = torch.tensor(answer["ids"])
    peer_ids, peer_decoded = ask_peer(peer, vectors.double())
    single_ids, _ = ask_peer(peer, vectors)
    same = ids == peer_ids
    per_row = len(ids) // ROWS
    rows_same = same.reshape(ROWS, per_row).all(dim=1)
    apart = (torch.tensor(answer["decoded"], dtype=torch.double) - peer_decoded).reshape(ROWS, -1).abs()
    result = {
        "ids": len(ids),
        "differ": int((~same).sum()),
        "differ_single": int((ids != single_ids).sum()),
        "decoded": float(apart[rows_same].max()),
        "losses": None,
    }
    if isinstance(peer, LFQ):
        few = vectors[:256]
        weights = {"inverseTemperature": 3.0, "commitmentWeight": COMMITMENT_WEIGHT}
        own = polytok.ask({"config": config, "vectors": few.flatten().tolist(), "losses": weights})["losses"]
        names = ["sampleEntropy", "batchEntropy", "commitment"]
        theirs = peer_losses(peer, few, weights["inverseTemperature"])
        # Relative, being sums of many floats.
        result["losses"] = max(abs(own[name] / value - 1) for name, value in zip(names, theirs))
    return result


def main():
    generator = torch.Generator().manual_seed(SEED)
    polytok = Polytok("quantize.ts")
    versions = f"vector-quantize-pytorch {version('vector-quantize-pytorch')}, torch {torch.__version__}"
    print(f"{versions}, {ROWS} rows, seed {SEED}")
    print(f"{'case':46} {'ids':>7} {'differ':>7} {'in single':>10} {'decoded':>9} {'losses':>9}")
    failed = False
    for name, (config, peer, dimension) in CASES.items():
        r = compare(polytok, config, peer, dimension, generator)
        losses = "" if r["losses"] is None else f"{r['losses']:9.1e}"
        print(f"{name:46} {r['ids']:7} {r['differ']:7} {r['differ_single']:10} {r['decoded']:9.1e} {losses:>9}")
        failed |= r["differ"] > 0 or r["decoded"] > TOLERANCE or (r["losses"] or 0) > TOLERANCE
    polytok.process.stdin.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
