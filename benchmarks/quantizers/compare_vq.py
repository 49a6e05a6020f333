"""Compares polytok's vector quantization and its training with vector-quantize-pytorch on random vectors.

    pip install torch vector-quantize-pytorch==1.32.0
    python compare_vq.py

Both start from the same codes and take the same steps. Prints how many ids differ over all steps and after them, and
the largest difference of decoded values, commitment loss and state, relative to the largest number of its kind. Both
sides quantize in single precision, so that an id may differ where two codes are equally near up to rounding. Exit code
1 when more than one id in 10 000 differs, or, where none does, a number by more than TOLERANCE.
"""

import sys
from importlib.metadata import version

import torch
import torch.nn.functional as F
from vector_quantize_pytorch import VectorQuantize
from vector_quantize_pytorch.vector_quantize_pytorch import kmeans, orthogonal_loss_fn

from compare_vector_quantize import Polytok

ROWS = 4096
STEPS = 3
SEED = 0
TOLERANCE = 5e-6
# The peer's softmax of single precision is multiplied by the temperature.
DIVERSITY_TOLERANCE = 5e-5

TRAININGS = {
    "vq 256 x 16": dict(count=256, dimension=16),
    "vq 1024 x 64, decay 0.99": dict(count=1024, dimension=64, decay=0.99),
    "vq 256 x 16, masked": dict(count=256, dimension=16, masked=True),
    "vq-cosine 256 x 16": dict(count=256, dimension=16, cosine=True),
    "vq-cosine 1024 x 8": dict(count=1024, dimension=8, cosine=True),
    "vq-cosine 256 x 16, masked": dict(count=256, dimension=16, cosine=True, masked=True),
}


def apart(own, theirs):
    theirs = theirs.detach().double().flatten()
    return float((torch.tensor(own, dtype=torch.double).flatten() - theirs).abs().max() / theirs.abs().max())


def train(polytok, generator, count, dimension, decay=0.8, cosine=False, masked=False):
    codes = torch.randn(count, dimension, generator=generator)
    batches = [torch.randn(ROWS, dimension, generator=generator) for _ in range(STEPS)]
    if cosine:
        # The peer's masked commitment loss is taken on vectors that are not normalised; so both get unit vectors.
        codes = F.normalize(codes, dim=-1)
        batches = [F.normalize(batch, dim=-1) for batch in batches]
    masks = [torch.rand(ROWS, generator=generator) < 0.7 if masked else None for _ in batches]

    peer = VectorQuantize(dim=dimension, codebook_size=count, decay=decay, use_cosine_sim=cosine)
    book = peer._codebook
    book.embed.data.copy_(codes[None])
    book.embed_avg.data.copy_(codes[None])
    request = {
        "kind": "train",
        "options": {
            "variant": "vq-cosine" if cosine else "vq",
            "count": count,
            "dimension": dimension,
            "decay": decay,
            "codes": codes.flatten().tolist(),
        },
        "batches": [
            {"vectors": batch.flatten().tolist(), **({} if mask is None else {"mask": mask.int().tolist()})}
            for batch, mask in zip(batches, masks)
        ],
    }
    answer = polytok.ask(request)
    differ = decoded = loss = 0
    for batch, mask, own in zip(batches, masks, answer["steps"]):
        peer.train()
        quantized, ids, commitment = peer(batch[None], mask=None if mask is None else mask[None])
        counts = torch.ones(ROWS, dtype=torch.bool) if mask is None else mask
        same = torch.tensor(own["ids"])[counts] == ids[0][counts]
        differ += int((~same).sum())
        own_quantized = torch.tensor(own["quantized"]).reshape(ROWS, dimension)[counts][same]
        decoded = max(decoded, apart(own_quantized.tolist(), quantized[0][counts][same]))
        loss = max(loss, abs(own["commitmentLoss"] / float(commitment.detach()) - 1))
    peer.eval()
    _, ids, _ = peer(batches[0][None])
    differ += int((torch.tensor(answer["ids"]) != ids[0]).sum())
    state = max(
        apart(answer["codes"], book.embed),
        apart(answer["counts"], book.cluster_size),
        apart(answer["sums"], book.embed_avg),
    )
    return ROWS * (STEPS + 1), differ, decoded, loss, state


def lloyd(polytok, generator, cosine):
    vectors = torch.randn(ROWS, 8, generator=generator)
    if cosine:
        vectors = F.normalize(vectors, dim=-1)
    init = vectors[:64]
    # The peer's counts belong to the means before the last step, polytok's to those it returns; only codes compare.
    means, _ = kmeans(vectors[None], 64, 10, use_cosine_sim=cosine, sample_fn=lambda *_: init[None])
    options = {
        "count": 64,
        "dimension": 8,
        "metric": "cosine" if cosine else "euclidean",
        "init": init.flatten().tolist(),
        "iterations": 10,
        "tolerance": 0,
    }
    own = polytok.ask({"kind": "kmeans", "options": options, "vectors": vectors.flatten().tolist()})
    return apart(own["codes"], means)


def losses(polytok, generator):
    codes = torch.randn(32, 8, generator=generator, requires_grad=True)
    vectors = torch.randn(200, 8, generator=generator, requires_grad=True)
    ids = torch.cdist(vectors, codes).argmin(dim=1)
    result = {}
    for form in ["standard", "legacy"]:
        q = codes[ids]
        pull_codes, pull_vectors = F.mse_loss(q, vectors.detach()), F.mse_loss(vectors, q.detach())
        weights = (1, 0.25) if form == "standard" else (0.25, 1)
        total = weights[0] * pull_codes + weights[1] * pull_vectors
        gradients = torch.autograd.grad(total, [vectors, codes])
        flat = {"vectors": vectors.flatten().tolist(), "codes": codes.flatten().tolist(), "ids": ids.tolist()}
        own = polytok.ask({"kind": "losses", "options": {**flat, "dimension": 8, "form": form}})
        result[f"vq loss, {form}"] = max(
            abs(own["loss"]["total"] / float(total.detach()) - 1),
            apart(own["loss"]["vectorGradient"], gradients[0]),
            apart(own["loss"]["codeGradient"], gradients[1]),
        )
    orthogonal = orthogonal_loss_fn(codes[None])
    (gradient,) = torch.autograd.grad(orthogonal, [codes])
    result["orthogonal loss"] = max(
        abs(own["orthogonal"]["loss"] / float(orthogonal.detach()) - 1),
        apart(own["orthogonal"]["gradient"], gradient),
    )
    return result


def diversity(polytok, generator, temperature, cosine):
    """A batch of 32 items of 4 positions. The peer has no codes to be learnt under cosine, so no gradients there."""
    codes = torch.randn(64, 8, generator=generator)
    vectors = torch.randn(32, 4, 8, generator=generator)
    if cosine:
        codes, vectors = F.normalize(codes, dim=-1), F.normalize(vectors, dim=-1)
    vectors.requires_grad_()
    peer = VectorQuantize(
        dim=8,
        codebook_size=64,
        use_cosine_sim=cosine,
        codebook_diversity_loss_weight=1.0,
        codebook_diversity_temperature=temperature,
        learnable_codebook=not cosine,
        ema_update=cosine,
    ).train()
    embed = peer._codebook.embed
    embed.data.copy_(codes[None])
    loss = peer(vectors, return_loss_breakdown=True)[3].codebook_diversity
    own = polytok.ask(
        {
            "kind": "diversity",
            "options": {
                "vectors": vectors.flatten().tolist(),
                "codes": codes.flatten().tolist(),
                "dimension": 8,
                "positions": 4,
                "temperature": temperature,
                "variant": "vq-cosine" if cosine else "vq",
            },
        }
    )
    value = abs(own["loss"] / float(loss.detach()) - 1)
    if cosine:
        return value
    gradients = torch.autograd.grad(loss, [vectors, embed])
    return max(
        value,
        apart(own["vectorGradient"], gradients[0]),
        apart(own["codeGradient"], gradients[1]),
    )


def main():
    generator = torch.Generator().manual_seed(SEED)
    polytok = Polytok("train-vq.ts")
    versions = f"vector-quantize-pytorch {version('vector-quantize-pytorch')}, torch {torch.__version__}"
    print(f"{versions}, {STEPS} steps of {ROWS} rows, seed {SEED}")
    print(f"{'training':30} {'ids':>7} {'differ':>7} {'decoded':>9} {'loss':>9} {'state':>9}")
    failed = False
    for name, case in TRAININGS.items():
        ids, differ, *numbers = train(polytok, generator, **case)
        print(f"{name:30} {ids:7} {differ:7} " + " ".join(f"{number:9.1e}" for number in numbers))
        failed |= differ > ids / 10_000 or (differ == 0 and max(numbers) > TOLERANCE)
    print(f"{'values and gradients':30} {'apart':>9}")
    for cosine in [False, True]:
        difference = lloyd(polytok, generator, cosine)
        print(f"{'k-means, ' + ('cosine' if cosine else 'euclidean'):30} {difference:9.1e}")
        failed |= difference > TOLERANCE
    for name, difference in losses(polytok, generator).items():
        print(f"{name:30} {difference:9.1e}")
        failed |= difference > TOLERANCE
    for temperature, cosine in [(2, False), (5, True), (100, False)]:
        difference = diversity(polytok, generator, temperature, cosine)
        print(f"{f'diversity loss, t = {temperature}' + (', cosine' if cosine else ''):30} {difference:9.1e}")
        failed |= difference > DIVERSITY_TOLERANCE
    polytok.process.stdin.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
