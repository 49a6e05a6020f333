"""Writes pca.json: principal components and whitened rows, in float64.

    pip install numpy==2.4.6
    python pca.py > pca.json

Components are the eigenvectors of the unbiased covariance (numpy.linalg.eigh), the greatest variance first, with the
value of greatest magnitude positive. The rows are rounded to float32, which is what is fitted.
"""

import json

import numpy as np

rng = np.random.default_rng(7)
rows, dimension, kept = 40, 5, 3
mixing = rng.normal(size=(dimension, dimension)) * np.array([4, 2, 1, 0.5, 0.25])[:, None]
data = (rng.normal(size=(rows, dimension)) @ mixing + 3 * rng.normal(size=dimension)).astype(np.float32)

x = data.astype(np.float64)
mean = x.mean(axis=0)
values, vectors = np.linalg.eigh(np.cov(x, rowvar=False))
variances = values[::-1]
components = vectors.T[::-1]
components = np.array([c * np.sign(c[np.argmax(np.abs(c))]) for c in components])


def projected(count):
    u, scale = components[:count], 1 / np.sqrt(variances[:count])
    pca = (x - mean) @ u.T
    return {"pca": pca, "pca-whiten": pca * scale, "zca": (pca * scale) @ u}


def listed(values):
    return np.round(values, 9).tolist()


print(
    json.dumps(
        {
            "dimension": dimension,
            "rows": data.ravel().tolist(),
            "mean": listed(mean),
            "variances": listed(variances),
            "components": listed(components),
            "shares": listed(np.cumsum(variances) / variances.sum()),
            "kept": kept,
            "projected": {name: listed(value.ravel()) for name, value in projected(kept).items()},
        }
    )
)
