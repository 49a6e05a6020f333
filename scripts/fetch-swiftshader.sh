#!/usr/bin/env bash
# Fetches SwiftShader, a GPU in software, and the Vulkan loader that finds it, from Debian's package of Chromium:
#   scripts/fetch-swiftshader.sh FOLDER
# Nothing is installed. Needs Debian or a relative of it (apt-get, dpkg); as root where the package lists are to be updated.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As root, apt downloads as another user, who must get in.
chmod 755 "$work"
cd "$work"

download() { apt-get -o Acquire::Retries=3 download chromium-common; }
# Fails where the lists are missing or name a version that is gone.
download || { apt-get -o Acquire::Retries=3 update && download; }

dpkg --extract chromium-common_*.deb unpacked
cp unpacked/usr/lib/chromium/{libvk_swiftshader.so,vk_swiftshader_icd.json,libvulkan.so.1} "$folder"
