"""Compares polytok's RVQ and grouped RVQ with vector-quantize-pytorch on random vectors and codebooks.

    pip install torch vector-quantize-pytorch==1.32.0
    python compare_residual.py

Prints, per case, how many ids differ in an evaluation pass, and how far decoded vectors (of rows with equal ids),
losses and the state after three steps of moving averages are apart. The peer computes |x|² + |e|² − 2x·e in single
precision, polytok sums in another order; so where two codes are equally near up to rounding, ids may differ, and with
them the later stages of that row; `in steps` counts ids that differ in training, each of which moves two codes. `gap` is the largest relative difference of the two distances where they do, in
double precision. Exit code 1 when a gap, a vector, a loss, or
the state where no id differs, is off by more than TOLERANCE.
"""

import json
import pathlib
import subprocess
import sys
from importlib.metadata import version

import torch
from vector_quantize_pytorch import GroupedResidualVQ, ResidualVQ

ROWS = 20_000
BATCH_ROWS = 2_000
STEPS = 3
SEED = 0
TOLERANCE = 2e-5
HERE = pathlib.Path(__file__).parent

# name: (dimension, groups, codes of each stage, whether stages share one codebook)
CASES = {
    "rvq, 4 stages of 256, dimension 32": (32, 1, (256,) * 4, False),
    "rvq, stages of 64, 32 and 16, dimension 8": (8, 1, (64, 32, 16), False),
    "rvq, 8 stages of 1024, dimension 128": (128, 1, (1024,) * 8, False),
    "rvq, 4 stages share 128, dimension 16": (16, 1, (128,) * 4, True),
    "grouped rvq, 4 groups, 3 stages of 64, dimension 32": (32, 4, (64,) * 3, False),
}


class Polytok:
    def __init__(self):
        command = ["npx", "tsx", "--conditions=@polytok/source", "residual.ts"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=HERE, stdin=pipe, stdout=pipe, text=True)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def make_peer(dimension, codebooks, shared):
    sizes = tuple(len(codes) for codes in codebooks[0])
    peer = GroupedResidualVQ(dim=dimension, groups=len(codebooks), codebook_size=sizes, shared_codebook=shared)
    for rvq, of_group in zip(peer.rvqs, codebooks):
        for layer, codes in zip(rvq.layers, of_group):
            layer._codebook.embed.data.copy_(codes[None])
            layer._codebook.embed_avg.data.copy_(codes[None])
    return peer


def in_rows(ids):
    """(groups, 1, rows, stages) as (rows, groups * stages)."""
    return ids[:, 0].permute(1, 0, 2).flatten(1)


def widest_gap(vectors, codebooks, own, theirs):
    """Over rows whose ids differ: the relative difference of the distances at the first stage that chose otherwise."""
    stages = len(codebooks[0])
    widest = 0.0
    for group, chunk in enumerate(vectors.double().chunk(len(codebooks), dim=1)):
        columns = slice(group * stages, (group + 1) * stages)
        a, b = own[:, columns], theirs[:, columns]
        for row in (a != b).any(dim=1).nonzero().flatten().tolist():
            left = chunk[row].clone()
            for stage, codes in enumerate(codebooks[group]):
                i, j = int(a[row, stage]), int(b[row, stage])
                if i != j:
                    near, far = ((left - codes[code].double()).square().sum() for code in (i, j))
                    widest = max(widest, float((near - far).abs() / far))
                    break
                left -= codes[i].double()
    return widest


def compare(polytok, case, generator):
    dimension, groups, sizes, shared = case
    width = dimension // groups

    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    codebooks = [[draw(size, width) * 0.7**stage for stage, size in enumerate(sizes)] for _ in range(groups)]
    if shared:
        codebooks = [[of_group[0] * 0.5] * len(sizes) for of_group in codebooks]
    vectors = draw(ROWS, dimension)
    batches = [] if shared else [draw(BATCH_ROWS, dimension) for _ in range(STEPS)]
    sent = [of_group[:1] if shared else of_group for of_group in codebooks]
    request = {
        "codebooks": [[codes.flatten().tolist() for codes in of_group] for of_group in sent],
        "dimension": dimension,
        "vectors": vectors.flatten().tolist(),
        "batches": [batch.flatten().tolist() for batch in batches],
        **({"stages": len(sizes)} if shared else {}),
    }
    answer = polytok.ask(request)
    ids = torch.tensor(answer["ids"]).reshape(ROWS, -1)
    decoded = torch.tensor(answer["decoded"]).reshape(ROWS, dimension)
    with torch.no_grad():
        peer_decoded, peer_ids, _ = make_peer(dimension, codebooks, shared).eval()(vectors[None])
        _, _, peer_losses = make_peer(dimension, codebooks, shared).train()(vectors[None])
        trained = make_peer(dimension, codebooks, shared).train()
        step_ids = [trained(batch[None])[1].flatten(1).tolist() for batch in batches]
    peer_ids = in_rows(peer_ids)
    same = (ids == peer_ids).all(dim=1)
    losses = torch.tensor(answer["losses"]) / peer_losses.flatten() - 1
    books = [layer._codebook for rvq in trained.rvqs for layer in rvq.layers]
    peer_state = [tensor for book in books for tensor in (book.embed, book.cluster_size, book.embed_avg)]
    state = [
        float((torch.tensor(own) - theirs.flatten()).abs().max())
        for own, theirs in zip(answer["state"], peer_state)
        if batches
    ]
    return {
        "ids": ids.numel(),
        "differ": int((ids != peer_ids).sum()),
        "gap": widest_gap(vectors, codebooks, ids, peer_ids),
        "decoded": float((decoded - peer_decoded[0])[same].abs().max()),
        "losses": float(losses.abs().max()),
        "flips": int((torch.tensor(answer["stepIds"]) != torch.tensor(step_ids)).sum()),
        "state": max(state) if state else None,
    }


def main():
    generator = torch.Generator().manual_seed(SEED)
    polytok = Polytok()
    versions = f"vector-quantize-pytorch {version('vector-quantize-pytorch')}, torch {torch.__version__}"
    print(f"{versions}, {ROWS} rows, {STEPS} steps of {BATCH_ROWS} rows, seed {SEED}")
    print(f"{'case':52} {'ids':>7} {'differ':>7} {'gap':>9} {'decoded':>9} {'losses':>9} {'in steps':>9} {'state':>9}")
    failed = False
    for name, case in CASES.items():
        r = compare(polytok, case, generator)
        steps = "" if r["state"] is None else f"{r['flips']:9} {r['state']:9.1e}"
        values = " ".join(f"{r[name]:9.1e}" for name in ("gap", "decoded", "losses"))
        print(f"{name:52} {r['ids']:7} {r['differ']:7} {values} {steps}".rstrip())
        failed |= max(r["gap"], r["decoded"], r["losses"]) > TOLERANCE
        failed |= r["state"] is not None and r["flips"] == 0 and r["state"] > TOLERANCE
    polytok.process.stdin.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
