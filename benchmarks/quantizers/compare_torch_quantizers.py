"""Compares polytok's SimVQ, random projection, latent quantization, IBQ, VAR, Voting-LFQ and BSQ with PyTorch.

    pip install torch vector-quantize-pytorch==1.32.0
    python compare_torch_quantizers.py

The first three against vector-quantize-pytorch, whose weights polytok loads; the others against their equations in
packages/common/goldens/equations.py. Random weights, in published sizes. Prints, per case, how many ids differ from the
peer in double and in single precision, how far decoded numbers of equal ids are apart, and the loss, relatively. Polytok
looks codes up in single precision, so that an id may differ where two are equally near up to rounding; in VAR such a token
also changes what the finer scales of its map have to code. Exit code 1 when more than one row in 1000 differs from the
peer in double precision, or, where ids agree, a number by more than TOLERANCE.
"""

import pathlib
import sys
from importlib.metadata import version

import torch
import torch.nn.functional as F
from vector_quantize_pytorch import LatentQuantize, RandomProjectionQuantizer, SimVQ

from compare_vector_quantize import Polytok

sys.path.append(str(pathlib.Path(__file__).parents[2] / "packages/common/goldens"))
from equations import MultiScale, bsq, ibq, voting_lfq  # noqa: E402

ROWS = 4000
SEED = 0
TOLERANCE = 1e-5
generator = torch.Generator().manual_seed(SEED)


def draw(*shape, scale=1.0):
    return torch.randn(*shape, generator=generator) * scale


def tensors(**arrays):
    return {
        name.replace("__", "."): {"shape": list(array.shape), "values": array.flatten().tolist()}
        for name, array in arrays.items()
    }


# Each case: polytok's request less the vectors, the vectors, and the peer: vectors to (ids, decoded, loss).


def simvq(count, dimension, frozen_dimension):
    torch.manual_seed(SEED)
    peer = SimVQ(dim=dimension, codebook_size=count, frozen_codebook_dim=frozen_dimension, rotation_trick=False)
    config = {"type": "simvq", "count": count, "dimension": dimension, "frozenDimension": frozen_dimension}
    weights = tensors(frozen_codebook=peer.frozen_codebook, code_transform__weight=peer.code_transform.weight)

    def ask(x):
        decoded, ids, loss = peer.to(x.dtype)(x[None])
        return ids[0], decoded[0], loss

    return {"config": config, "tensors": weights, "losses": {}}, draw(ROWS, dimension, scale=0.5), ask


def random_projection(count, dimension, projected, codebooks):
    torch.manual_seed(SEED)
    peer = RandomProjectionQuantizer(
        dim=dimension, codebook_size=count, codebook_dim=projected, num_codebooks=codebooks
    )
    if codebooks > 1:
        # The published class mixes the projections by a second layer here.
        peer.vq.project_in = peer.vq.project_out = torch.nn.Identity()
        peer.vq._codebook.embed.data = F.normalize(draw(codebooks, count, projected), dim=-1)
    codes = peer.vq._codebook.embed
    config = {"type": "random-projection", "count": count, "dimension": dimension}
    config |= {"projectedDimension": projected, "codebooks": codebooks}

    def ask(x):
        ids = peer.to(x.dtype)(x[None]).reshape(len(x), codebooks)
        return ids, torch.stack([codes[head][ids[:, head]] for head in range(codebooks)], dim=1), None

    request = {"config": config, "tensors": tensors(projections=peer.rand_projs, codes=codes)}
    return request, draw(ROWS, dimension) * 3 + 1, ask


def latent(levels, codebooks=1):
    dimension = len(levels) * codebooks
    peer = LatentQuantize(levels=levels, dim=dimension, num_codebooks=codebooks)
    values = [value.tolist() for value in peer.values_per_latent]
    config = {"type": "latent", "values": values, "codebooks": codebooks}

    def ask(x):
        # Always in single precision: the peer makes ids of the values, scaled and cut off, and in double precision 7
        # levels, which are not exact in single, come out one too low.
        decoded, ids, loss = peer(x.float().T[None])
        return ids[0], decoded[0].T, loss

    return {"config": config, "losses": {}}, draw(ROWS, dimension, scale=0.4), ask


def ibq_case(count, dimension):
    codes = draw(count, dimension, scale=dimension**-0.5)
    request = {"config": {"type": "ibq", "count": count, "dimension": dimension}, "tensors": tensors(codes=codes)}

    def ask(x):
        own = codes.to(x.dtype)
        ids, _, loss = ibq(x, own)
        return ids, own[ids], loss

    return request | {"losses": {}}, draw(1000, dimension), ask


def var(maps, count, channels, sides, cosine=False, phis=4):
    bound = (9 * channels) ** -0.5
    codes = draw(count, channels)
    weights, biases = draw(phis, channels, channels, 3, 3, scale=bound), draw(phis, channels, scale=bound)
    config = {"type": "var-multiscale", "count": count, "channels": channels, "sides": sides, "phis": phis}
    named = {"embedding__weight": codes}
    for k in range(phis):
        named |= {f"quant_resi__qresi_ls__{k}__weight": weights[k], f"quant_resi__qresi_ls__{k}__bias": biases[k]}

    def ask(x):
        own = [array.to(x.dtype) for array in (codes, weights, biases)]
        peer = MultiScale(*own, sides, cosine)
        ids, totals = peer.quantize(x)
        return ids, totals[-1], peer.loss(x)

    request = {"config": config | {"metric": "cosine" if cosine else "euclidean"}, "tensors": tensors(**named)}
    return request | {"losses": {}}, draw(maps, channels, sides[-1], sides[-1]), ask


def voting(voters, bits):
    config = {"type": "voting-lfq", "voters": voters, "bits": bits, "order": "lsb-first"}

    def ask(x):
        return voting_lfq(x.reshape(len(x), voters, bits))

    # Small numbers, at whose temperature bits are not all certain.
    return {"config": config, "losses": {}}, draw(1000, voters * bits, scale=0.01), ask


def bsq_case(dimension, codebooks):
    config = {"type": "bsq", "dimension": dimension, "codebooks": codebooks, "order": "msb-first"}
    return {"config": config, "losses": {}}, draw(1000, dimension), lambda x: bsq(x, codebooks)


VAR = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16]
CASES = {
    "simvq 1024 x 64": simvq(1024, 64, 64),
    "simvq 8192 x 32, frozen 128": simvq(8192, 32, 128),
    "random projection 8192 x 16 of 80": random_projection(8192, 80, 16, 1),
    "random projection 1024 x 16 of 80, 4 codebooks": random_projection(1024, 80, 16, 4),
    "latent [8,5,5,3]": latent([8, 5, 5, 3]),
    "latent [7,4,2], 3 codebooks": latent([7, 4, 2], 3),
    "ibq 1024 x 32": ibq_case(1024, 32),
    "ibq 16384 x 256": ibq_case(16384, 256),
    "var 4096 x 32, 680 tokens": var(20, 4096, 32, VAR),
    "var 4096 x 32, 680 tokens, cosine": var(20, 4096, 32, VAR, cosine=True),
    "var 512 x 8, 8 x 8 maps, 2 convolutions": var(60, 512, 8, [1, 2, 4, 8], phis=2),
    "voting-lfq 5 x 13": voting(5, 13),
    "voting-lfq 4 x 8": voting(4, 8),
    "bsq 12 bits": bsq_case(12, 1),
    "bsq 36 bits, 4 codebooks": bsq_case(36, 4),
}


def compare(polytok, request, vectors, ask):
    answer = polytok.ask(request | {"vectors": vectors.flatten().tolist()})
    ids = torch.tensor(answer["ids"]).reshape(len(vectors), -1)
    with torch.no_grad():
        # Single precision first: a module that went to double and back is the same, but let nobody wonder.
        single, _, _ = ask(vectors)
        theirs, decoded, loss = ask(vectors.double())
    same = (ids == theirs.reshape(ids.shape)).all(dim=1)
    apart = torch.tensor(answer["decoded"], dtype=torch.double).reshape(len(vectors), -1)
    apart = (apart - decoded.reshape(len(vectors), -1)).abs()[same]
    return {
        "ids": ids.numel(),
        "differ": int((ids != theirs.reshape(ids.shape)).sum()),
        "differ_single": int((ids != single.reshape(ids.shape)).sum()),
        "rows": int((~same).sum()),
        "of": len(vectors),
        "decoded": float(apart.max()),
        "loss": None if loss is None else abs(answer["losses"]["total"] / float(loss) - 1),
    }


def main():
    polytok = Polytok("quantize.ts")
    versions = f"vector-quantize-pytorch {version('vector-quantize-pytorch')}, torch {torch.__version__}"
    print(f"{versions}, seed {SEED}")
    print(f"{'case':46} {'ids':>7} {'differ':>7} {'in single':>10} {'decoded':>9} {'loss':>9}")
    failed = False
    for name, case in CASES.items():
        r = compare(polytok, *case)
        loss = "" if r["loss"] is None else f"{r['loss']:9.1e}"
        print(f"{name:46} {r['ids']:7} {r['differ']:7} {r['differ_single']:10} {r['decoded']:9.1e} {loss:>9}")
        apart = r["decoded"] > TOLERANCE or (r["differ"] == 0 and (r["loss"] or 0) > TOLERANCE)
        failed |= r["rows"] > r["of"] / 1000 or apart
    polytok.process.stdin.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
