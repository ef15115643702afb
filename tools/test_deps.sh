#!/usr/bin/env bash
# What the browser tests need from the system: a Chromium, and the library that Playwright's own node is linked with.
# Installs Debian's where there is none.
set -euo pipefail

packages=()
if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1; then
  packages+=(chromium)
fi
if ! PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q 'libatomic\.so\.1'; then
  packages+=(libatomic1)
fi
if [ "${#packages[@]}" -eq 0 ]; then exit 0; fi

remedy="install it yourself (Debian: apt-get install ${packages[*]}), then run make test again"
if ! command -v apt-get >/dev/null 2>&1; then
  echo "test_deps: the browser tests need ${packages[*]}, and this system has no apt-get: $remedy" >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "test_deps: the browser tests need ${packages[*]}, and installing it needs root: $remedy" >&2
  exit 1
fi
echo "test_deps: installing ${packages[*]} for the browser tests" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
