"""Writes residual-vq.json: residual and grouped residual quantization as vector-quantize-pytorch does them.

    pip install torch==2.15.0 vector-quantize-pytorch==1.32.0
    python residual-vq.py > residual-vq.json

Inputs are drawn with a fixed seed and rounded to three decimals; both are in the output. `forward` quantizes with
fixed codebooks; -1 marks the stages that quantize dropout left out. `ema` holds the state after each training step,
where decay is 0.8 and no code dies; `ema_dropout` leaves out the last stages of some steps. `grouped` is the same for two
groups of features. `vqbet` repeats the rule of the residual quantizer in VQ-BeT in double precision: nearest code by
squared distance, the first of equals, subtract, go on.
"""

import json

import torch
from vector_quantize_pytorch import GroupedResidualVQ, ResidualVQ

DIMENSION = 3
SIZES = (4, 3, 5)
ROWS = 8
STEPS = 3
# They leave 2, 3 and 1 stages active where quantize dropout is on.
DROPOUT_SEEDS = (0, 5, 1)
generator = torch.Generator().manual_seed(7)


def draw(*shape, scale=1.0):
    return (torch.randn(*shape, generator=generator) * scale * 1000).round() / 1000


def values(tensor, digits=9):
    return [round(value, digits) for value in tensor.flatten().tolist()]


def load(peer, codebooks):
    for layer, codes in zip(peer.layers, codebooks):
        layer._codebook.embed.data.copy_(codes[None])
        layer._codebook.embed_avg.data.copy_(codes[None])
    return peer


def residual(codebooks, **options):
    sizes = tuple(len(codes) for codes in codebooks)
    return load(ResidualVQ(dim=codebooks[0].shape[1], codebook_size=sizes, **options), codebooks)


def state(peer):
    return [
        {
            "counts": values(layer._codebook.cluster_size),
            "sums": values(layer._codebook.embed_avg),
            "codes": values(layer._codebook.embed),
        }
        for layer in peer.layers
    ]


def step(peer, batch, **options):
    with torch.no_grad():
        quantized, ids, losses = peer(batch[None], **options)
    return {"ids": ids.flatten().tolist(), "quantized": values(quantized), "losses": values(losses)}


def forward(codebooks, vectors):
    peer = residual(codebooks).eval()
    with torch.no_grad():
        quantized, ids, _ = peer(vectors[None])
    return {"ids": ids.flatten().tolist(), "quantized": values(quantized)}


def training(codebooks, batches, **options):
    peer = residual(codebooks, **options).train()
    steps = []
    for seed, batch in zip(DROPOUT_SEEDS, batches):
        result = step(peer, batch, rand_quantize_dropout_fixed_seed=seed)
        steps.append({**result, "state": state(peer)})
    return steps


def dropped(codebooks):
    peer = residual(codebooks, quantize_dropout=True).eval()
    ids = torch.tensor([[2, 1, 4], [0, 2, -1], [3, -1, -1], [-1, -1, -1], [1, -1, 2]])
    return {"ids": ids.flatten().tolist(), "quantized": values(peer.get_output_from_indices(ids[None]))}


def grouped(groups, batches):
    dimension = sum(codebooks[0].shape[1] for codebooks in groups)
    sizes = tuple(len(codes) for codes in groups[0])
    peer = GroupedResidualVQ(dim=dimension, groups=len(groups), codebook_size=sizes)
    for rvq, codebooks in zip(peer.rvqs, groups):
        load(rvq, codebooks)
    peer.train()
    steps = []
    for batch in batches:
        result = step(peer, batch)
        steps.append({**result, "state": [state(rvq) for rvq in peer.rvqs]})
    return steps


def vqbet():
    codebooks = torch.tensor(
        [
            [[0.8, 0.6119, 0.136], [0.214, -0.3329, -0.7233], [-0.6855, -0.79, -0.5229], [-0.5807, -0.0897, 0.4435]],
            [[0.1351, -0.0322, -0.1843], [-0.1666, -0.2475, -0.212], [-0.2242, -0.1002, 0.0709], [0.0466, 0.1939, 0.25]],
        ],
        dtype=torch.double,
    )
    vectors = torch.tensor([[0.5, -0.2, 0.1], [-0.7, 0.3, 0.4], [0, 0, 0]], dtype=torch.double)
    left = vectors.clone()
    ids = []
    for codes in codebooks:
        found = ((left[:, None] - codes) ** 2).sum(-1).argmin(-1)
        left -= codes[found]
        ids.append(found)
    return {
        "codebooks": [values(codes) for codes in codebooks],
        "vectors": values(vectors),
        "ids": torch.stack(ids, -1).flatten().tolist(),
        "quantized": values(vectors - left),
        "residual_norms": values(left.norm(dim=-1)),
    }


def main():
    codebooks = [draw(size, DIMENSION, scale=0.5**stage) for stage, size in enumerate(SIZES)]
    groups = [[draw(size, DIMENSION, scale=0.5**stage) for stage, size in enumerate(SIZES)] for _ in range(2)]
    batches = [draw(ROWS, DIMENSION) for _ in range(STEPS)]
    wide = [draw(ROWS, 2 * DIMENSION) for _ in range(STEPS)]
    result = {
        "dimension": DIMENSION,
        "codebooks": [values(codes) for codes in codebooks],
        "batches": [values(batch) for batch in batches],
        "forward": forward(codebooks, batches[0]),
        "dropped": dropped(codebooks),
        "ema": training(codebooks, batches),
        "ema_dropout": training(codebooks, batches, quantize_dropout=True),
        "grouped": {
            "codebooks": [[values(codes) for codes in group] for group in groups],
            "batches": [values(batch) for batch in wide],
            "steps": grouped(groups, wide),
        },
        "vqbet": vqbet(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
