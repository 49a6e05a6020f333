"""Writes torch-quantizers.json: quantizers and their parts as PyTorch and vector-quantize-pytorch compute them.

    pip install torch==2.15.0 vector-quantize-pytorch==1.32.0
    python torch-quantizers.py > torch-quantizers.json

Inputs and weights are drawn with a fixed seed and rounded to three decimals; both are in the output. `simvq`,
`random_projection`, `latent` and `diversity` are vector-quantize-pytorch with these weights; `var` and `ibq` are
equations.py, next to this file. All in double precision but `diversity`, which the peer computes in single. Maps are
(maps, height, width, channels) where a shape does not say otherwise; the maps and convolutions of `var` are stored as
its checkpoints have them, channels first.
"""

import json

import torch
import torch.nn.functional as F
from equations import MultiScale, ibq, phi_of_scale
from vector_quantize_pytorch import LatentQuantize, RandomProjectionQuantizer, SimVQ, VectorQuantize

generator = torch.Generator().manual_seed(11)


def draw(*shape, scale=1.0):
    return (torch.randn(*shape, generator=generator, dtype=torch.double) * scale * 1000).round() / 1000


def values(tensor, digits=9):
    flat = tensor.detach().flatten().tolist()
    return [round(value, digits) if isinstance(value, float) else value for value in flat]


def channels_last(maps):
    return maps.movedim(1, -1)


def resampled(mode, inputs, outputs, channels=2):
    maps = draw(2, channels, inputs, inputs)
    out = F.interpolate(maps, size=(outputs, outputs), mode=mode)
    sizes = {"mode": mode, "inputs": inputs, "outputs": outputs, "channels": channels}
    return sizes | {"in": values(channels_last(maps)), "out": values(channels_last(out))}


def var_helpers():
    row = torch.tensor([1, 2, 4, 8, 3], dtype=torch.double)
    # Of constant columns, every row is the resampled row.
    tall = F.interpolate(row[None, None, None].expand(1, 1, 5, 5), size=(8, 8), mode="bicubic")
    squares = torch.arange(16, dtype=torch.double) ** 2
    area = F.interpolate(squares[None, None], size=6, mode="area")
    return {
        "bicubic_in": values(row),
        "bicubic_out": values(tall[0, 0, 4], 12),
        "area_out": values(area, 12),
        "phis": [
            {"scales": s, "phis": k, "index": [phi_of_scale(i, s, k) for i in range(s)]}
            for s, k in [(10, 4), (9, 4), (19, 4), (7, 4), (10, 10), (10, 1), (6, 3), (1, 4)]
        ],
        "maps": [
            resampled("area", 4, 3),
            resampled("area", 5, 2),
            resampled("bicubic", 3, 4),
            resampled("bicubic", 1, 3),
            resampled("bicubic", 2, 7, channels=1),
        ],
    }


def convolution(kernel, height, width, channels=2, outputs=3):
    maps = draw(2, channels, height, width)
    weight, bias = draw(outputs, channels, kernel, kernel), draw(outputs)
    out = F.conv2d(maps, weight, bias, padding=kernel // 2)
    sizes = {"kernel": kernel, "height": height, "width": width, "channels": channels, "outputs": outputs}
    arrays = {"in": channels_last(maps), "weight": weight, "bias": bias, "out": channels_last(out)}
    return sizes | {name: values(array) for name, array in arrays.items()}


def simvq():
    peer = SimVQ(dim=3, codebook_size=7, frozen_codebook_dim=4, rotation_trick=False).double()
    peer.frozen_codebook = draw(7, 4)
    peer.code_transform.weight.data = draw(3, 4)
    x = draw(12, 3).requires_grad_()
    decoded, ids, loss = peer(x[None])
    loss.backward()
    return {
        "frozen": values(peer.frozen_codebook),
        "transform": values(peer.code_transform.weight),
        "codes": values(peer.codebook),
        "vectors": values(x),
        "ids": values(ids),
        "loss": loss.item(),
        "transform_gradient": values(peer.code_transform.weight.grad),
        "vectors_gradient": values(x.grad),
    }


def random_projection(norm):
    peer = RandomProjectionQuantizer(dim=6, codebook_size=8, codebook_dim=3, num_codebooks=2, norm=norm).double()
    # The published class puts a second, mixing projection between these and the codes where codebooks are several.
    peer.vq.project_in = torch.nn.Identity()
    peer.vq.project_out = torch.nn.Identity()
    peer.rand_projs = draw(2, 6, 3)
    peer.vq._codebook.embed.data = F.normalize(draw(2, 8, 3), dim=-1)
    x = draw(10, 6) + 0.5
    ids = peer(x[None])
    arrays = {"projections": peer.rand_projs, "codes": peer.vq._codebook.embed, "vectors": x, "ids": ids}
    return {"norm": norm} | {name: values(array) for name, array in arrays.items()}


def latent():
    levels = [5, 4, 2]
    peer = LatentQuantize(levels=levels, dim=6, num_codebooks=2).double()
    # Built in single precision, which the values 1/L are not exact in.
    for value, exact in zip(peer.values_per_latent, levels):
        value.data = torch.arange(exact, dtype=torch.double) / (exact - exact % 2) - 0.5
    x = draw(9, 6, scale=0.4).requires_grad_()
    out, ids, loss = peer(x.T[None])
    before = {"vectors": values(x), "ids": values(ids), "loss": loss.item()}
    # Its ids mean nothing once values moved; what it decodes to does.
    for value in peer.values_per_latent:
        value.data = value.data + draw(len(value), scale=0.1)
    moved, _, _ = peer(x.T[None])
    return {"levels": levels, **before} | {
        "moved_values": [values(value) for value in peer.values_per_latent],
        "moved_decoded": values(moved[0].T),
    }


def ibq_case():
    z, codes = draw(8, 3), draw(6, 3)
    ids, terms, total = ibq(z, codes, temperature=0.5)
    arrays = {"vectors": z, "codes": codes, "ids": ids}
    losses = {name: term.item() for name, term in terms.items()} | {"total": total.item()}
    return {"temperature": 0.5, "losses": losses} | {name: values(array) for name, array in arrays.items()}


def var(sides, cosine, phis, channels=2, size=9):
    weights, biases = draw(phis, channels, channels, 3, 3, scale=0.3), draw(phis, channels, scale=0.1)
    peer = MultiScale(draw(size, channels), weights, biases, sides, cosine)
    maps = draw(2, channels, sides[-1], sides[-1])
    ids, totals = peer.quantize(maps)
    arrays = {"codes": peer.codes, "weights": weights, "biases": biases, "maps": maps, "ids": ids}
    return {"sides": sides, "cosine": cosine, "channels": channels, "phis": phis} | {
        **{name: values(array) for name, array in arrays.items()},
        "totals": [values(total) for total in totals],
        "next_inputs": values(peer.next_inputs(ids)),
        "loss": peer.loss(maps).item(),
    }


def diversity(temperature, scale, cosine=False, batch=5, positions=2, count=6, dim=3):
    codes, x = draw(count, dim, scale=scale), draw(batch, positions, dim, scale=scale)
    if cosine:
        codes, x = F.normalize(codes, dim=-1), F.normalize(x, dim=-1)
    peer = VectorQuantize(
        dim=dim,
        codebook_size=count,
        use_cosine_sim=cosine,
        # The peer has no codes to be learnt under cosine.
        learnable_codebook=not cosine,
        ema_update=cosine,
        codebook_diversity_loss_weight=1.0,
        codebook_diversity_temperature=temperature,
    )
    embed = peer._codebook.embed
    embed.data.copy_(codes[None])
    single = x.float().requires_grad_()
    loss = peer(single, return_loss_breakdown=True)[3].codebook_diversity
    sizes = {"variant": "vq-cosine" if cosine else "vq", "temperature": temperature, "positions": positions}
    case = {**sizes, "vectors": values(x), "codes": values(codes), "loss": loss.item()}
    if cosine:
        return case
    gradients = torch.autograd.grad(loss, [single, embed])
    return case | dict(zip(["vectors_gradient", "codes_gradient"], map(values, gradients)))


goldens = {
    "var_helpers": var_helpers(),
    "convolutions": [convolution(3, 3, 4), convolution(3, 1, 1), convolution(5, 2, 3), convolution(1, 2, 2)],
    "simvq": simvq(),
    "random_projection": [random_projection(True), random_projection(False)],
    "latent": latent(),
    "ibq": ibq_case(),
    "var": [var([1, 2, 3, 5], False, 4), var([1, 3, 4], True, 2), var([2], False, 1)],
    "diversity": [diversity(100, 0.03), diversity(2, 1), diversity(100, 1), diversity(5, 1, cosine=True)],
}
print("{\n" + ",\n".join(f'  "{name}": {json.dumps(golden)}' for name, golden in goldens.items()) + "\n}")
