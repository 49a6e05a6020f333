#!/usr/bin/env bash
# Brings Meta-World, whose scripted experts action/metaworld.ts records, into .cache/metaworld (0.5 GB).
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv="$here/.cache/metaworld"
mkdir -p "$here/.cache"

if python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check metaworld==3.1.1 packaging==26.4; then
  "$venv/bin/python" -c 'from importlib.metadata import version
for name in ("metaworld", "mujoco", "gymnasium", "numpy"): print(name, version(name))'
else
  rm -rf "$venv"
  echo 'NOT AVAILABLE: Meta-World'
  exit 1
fi
