"""What windowed-sinc resampling gives, straight from its formula in float64; see src/resample.ts.

    python goldens/resample.py        # needs numpy; compares with torchaudio where that is installed
"""

import json
import math
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def noise(n, seed):
    state, out = seed, []
    for _ in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(np.float32(state / 2**32 - 0.5))
    return np.array(out)


def resample(x, source, target):
    g = math.gcd(source, target)
    source, target = source // g, target // g
    band = 0.99 * min(source, target)
    out = np.zeros(-(-len(x) * target // source))
    for j in range(len(out)):
        t = band * (np.arange(len(x)) / source - j / target)
        h = band / source * np.sinc(t) * np.cos(math.pi * t / 12) ** 2
        out[j] = (h * x)[np.abs(t) < 6].sum()
    return out


cases = []
for source, target, n in [(44100, 16000, 300), (48000, 16000, 100), (8000, 16000, 40), (22050, 16000, 61), (3, 2, 1)]:
    x = noise(n, source)
    y = resample(x.astype(np.float64), source, target)
    cases.append(dict(source=source, target=target, length=n, seed=source, expected=[float(f"{v:.9g}") for v in y]))
    try:
        import torch
        import torchaudio.functional as A
        theirs = A.resample(torch.tensor(x), source, target).numpy()
        print(source, target, len(theirs) == len(y), float(np.abs(theirs - y).max()))
    except ImportError:
        print(source, target, "torchaudio is not installed")
with open(os.path.join(HERE, "resample.json"), "w") as file:
    json.dump(dict(recipe="goldens/resample.py", cases=cases), file, indent=1)
