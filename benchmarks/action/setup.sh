#!/usr/bin/env bash
# Brings the Python that the action benchmarks compare with, into .cache/venv: PyTorch, SciPy, HuggingFace tokenizers and
# transformers (1 to 5 GB). What cannot be had is named, and the benchmarks then leave it out.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv="$here/.cache/venv"
mkdir -p "$here/.cache"

if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check \
  torch==2.15.0 scipy==1.17.1 numpy==2.4.6 tokenizers==0.23.3 transformers==5.23.0; then
  "$venv/bin/python" -c 'import numpy, scipy, tokenizers, torch, transformers
for module in (torch, scipy, numpy, tokenizers, transformers): print(module.__name__, module.__version__)'
else
  rm -rf "$venv"
  echo 'NOT AVAILABLE: Python with torch, scipy, numpy, tokenizers and transformers'
  exit 1
fi
