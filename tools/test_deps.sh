#!/usr/bin/env bash
# What the tests need from the system: a Chromium for the browser tests. Installs Debian's where there is none.
set -euo pipefail

for browser in chromium chromium-browser google-chrome; do
  if command -v "$browser" >/dev/null 2>&1; then exit 0; fi
done

remedy="install one yourself (Debian: apt-get install chromium), then run make test again"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "test_deps: the browser tests need Chromium, and this system has no apt-get: $remedy" >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "test_deps: the browser tests need Chromium, and installing it needs root: $remedy" >&2
  exit 1
fi
echo "test_deps: installing Chromium for the browser tests" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
