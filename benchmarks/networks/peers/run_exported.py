"""Checks and runs the exported models of a folder (../exported-models.ts); prints differences as JSON."""

import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from safetensors.numpy import load_file

results = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    onnx.checker.check_model(str(path), full_check=True)
    tensors = load_file(path.parent / f"{path.name.split('.')[0]}.safetensors")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {name[6:]: value for name, value in tensors.items() if name.startswith("input/")}
    names = [output.name for output in session.get_outputs()]
    metadata = session.get_modelmeta().custom_metadata_map["polytok.example"]
    for name, value in zip(names, session.run(names, feeds)):
        expected = tensors[f"output/{name}"].astype(numpy.float64)
        assert value.shape == expected.shape, (path, name, value.shape, expected.shape)
        difference = numpy.abs(value - expected).max() / max(1e-30, numpy.abs(expected).max())
        results.append({"model": path.name, "output": name, "difference": float(difference), "metadata": metadata})

versions = f"onnx {onnx.__version__}, ONNX Runtime {onnxruntime.__version__} for Python"
print(json.dumps({"versions": versions, "results": results}))
