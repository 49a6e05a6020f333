"""Writes io.json: files as the reference implementations write them.

    pip install numpy==2.4.6 safetensors==0.8.0 pyarrow==26.0.1
    python io.py > io.json
"""

import base64
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save


def npy(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return text(file.getvalue())


def parquet(table, **options):
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return text(file.getvalue())


def text(data):
    return base64.b64encode(data).decode()


records = pa.table(
    {
        "source": pa.array(["a.wav", "empty.wav", "b.wav"]),
        "modality": pa.array(["speech"] * 3),
        "fingerprint": pa.array(["0123456789abcdef"] * 3),
        "codebooks": pa.array([2, 2, 1], pa.int32()),
        "length": pa.array([2, 0, 3], pa.int32()),
        "dtype": pa.array(["u32"] * 3),
        "alignment": pa.array(['{"kind":"hop","hop":320,"rate":16000,"offset":0}'] * 3),
        "ids": pa.array([[1, 4294967295, 2147483648, 0], [], [7, 8, 9]], pa.list_(pa.uint32())),
    }
)

print(
    json.dumps(
        {
            "npy": {
                "u2": npy(np.array([1, 2, 65535], dtype="<u2")),
                "i8": npy(np.array([-1, 2**62], dtype="<i8")),
                "f8_version_2": npy(np.array([[1.5, -2.5]], dtype="<f8"), (2, 0)),
                "b1_scalar_version_3": npy(np.array(True), (3, 0)),
                "i4_fortran_2x3": npy(np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3))),
                "u1_fortran_2x3x4": npy(np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4))),
                "big_endian": npy(np.array([1], dtype=">i4")),
                "half": npy(np.array([1], dtype="<f2")),
                "structured": npy(np.zeros(1, dtype=[("a", "<u2")])),
                "object": npy(np.array([{}], dtype=object)),
            },
            "safetensors": text(
                save(
                    {
                        "w": np.array([[1.5, -2.0]], dtype=np.float32),
                        "h": np.array([1.0, -0.5], dtype=np.float16),
                        "ids": np.array([1, 2, 3], dtype=np.int64),
                        "flag": np.array([True, False]),
                    },
                    metadata={"format": "np"},
                )
            ),
            "parquet_records": {
                "v1": parquet(records),
                "v2_uncompressed": parquet(records, data_page_version="2.0", compression="none"),
                "plain": parquet(records, use_dictionary=False),
                "zstd": parquet(records, compression="zstd"),
            },
        },
        indent=1,
    )
)
