"""LlamaGen's autoencoder in PyTorch, from the equations. Arguments: weights, image, threads, device, configuration."""

import json
import pathlib
import sys
import time

import numpy
import torch
from safetensors.torch import load_file

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "packages/image/goldens"))
from autoencoder import Autoencoder  # noqa: E402

weights, image_file, threads, device, config = sys.argv[1:]
torch.set_num_threads(int(threads))
config = json.loads(config)


def say(value):
    print(json.dumps(value), flush=True)


def synchronize():
    if device != "cpu":
        torch.cuda.synchronize()


with torch.inference_mode():
    start = time.perf_counter()
    net = Autoencoder(config, {name: value.to(device) for name, value in load_file(weights).items()})
    pixels = torch.from_numpy(numpy.fromfile(image_file, dtype="<f4"))
    side = int((len(pixels) // 3) ** 0.5)
    x = pixels.reshape(1, side, side, 3).permute(0, 3, 1, 2).contiguous().to(device)
    grid = side // 2 ** (len(config["multipliers"]) - 1)
    ids, _ = net.quantize(net.encode(x))
    net.decode(net.dequantize(ids, grid, grid))
    synchronize()
    say({"version": torch.__version__, "loadSeconds": time.perf_counter() - start})

    for line in sys.stdin:
        to = json.loads(line).get("to")
        begin = time.perf_counter()
        again, _ = net.quantize(net.encode(x))
        again = again.cpu()
        between = time.perf_counter()
        decoded = net.decode(net.dequantize(ids, grid, grid)).permute(0, 2, 3, 1).contiguous().cpu()
        synchronize()
        end = time.perf_counter()
        if to is not None:
            decoded.numpy().tofile(to)
        say({"encode": between - begin, "decode": end - between, "ids": again.tolist()})
