#!/usr/bin/env bash
# Brings what the binary benchmarks compare with: npm packages, a Python environment, a Rust program.
# What cannot be had is named, and the benchmarks then leave it out.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache="$here/.cache"
mkdir -p "$cache"
missing=()

echo '== npm: @huggingface/tokenizers, tokenizers, tiktoken'
(cd "$here/../.." && pnpm install --frozen-lockfile) && (cd "$here/.." && pnpm install --frozen-lockfile) || missing+=('the npm packages')

echo '== Python: tokenizers, tiktoken'
if python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install --quiet --disable-pip-version-check tokenizers==0.23.2 tiktoken==0.14.0; then
  "$cache/venv/bin/python" -c 'import tiktoken, tokenizers; print("tokenizers", tokenizers.__version__, "tiktoken", tiktoken.__version__)'
else
  rm -rf "$cache/venv"
  missing+=('Python tokenizers and tiktoken')
fi

echo '== Rust: bpe, bbpe'
if ! cargo build --release --quiet --manifest-path "$here/rust/Cargo.toml" --target-dir "$cache/rust"; then
  missing+=('the Rust program with bpe and bbpe')
fi

echo '== corpus'
node "$here/fetch-corpus.mjs" --role train,heldout-program,heldout-arch || missing+=('part of the corpus')

for thing in "${missing[@]+"${missing[@]}"}"; do echo "NOT AVAILABLE: $thing"; done
[ ${#missing[@]} -eq 0 ]
