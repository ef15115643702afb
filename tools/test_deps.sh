#!/usr/bin/env bash
# What the tests need from the system: a Chromium and the library that Playwright's own node is linked with; Java, Maven
# and Apache Kafka's jars; PostgreSQL, Redis and Prometheus; libfaketime for wrong clocks. Installs Debian's where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }
# Kafka 4 needs Java 17 or newer.
has_java() { has java && [ "$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')" -ge 17 ]; }
has_jars() { .venv/bin/python -m tools.servers.kafka_jars check 2>/dev/null; }
# Debian's server is not on the PATH, and its client alone brings psql.
has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || has initdb; }

packages=()
has chromium || has chromium-browser || has google-chrome || packages+=(chromium)
PATH="$PATH:/sbin:/usr/sbin" ldconfig -p | grep -q 'libatomic\.so\.1' || packages+=(libatomic1)
has_java || packages+=(default-jre-headless)
has_jars || has mvn || packages+=(maven)
has_postgresql || packages+=(postgresql)
has redis-server || packages+=(redis-server)
{ has prometheus && has promtool; } || packages+=(prometheus)
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || packages+=(libfaketime)

if [ "${#packages[@]}" -gt 0 ]; then
  remedy="install it yourself (Debian: apt-get install ${packages[*]}), then run make test again"
  if ! has apt-get; then
    echo "test_deps: the tests need ${packages[*]}, and this system has no apt-get: $remedy" >&2
    exit 1
  fi
  if [ "$(id -u)" -eq 0 ]; then
    as_root=()
  elif has sudo && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
  else
    echo "test_deps: the tests need ${packages[*]}, and installing it needs root: $remedy" >&2
    exit 1
  fi
  echo "test_deps: installing ${packages[*]} for the tests" >&2
  "${as_root[@]}" apt-get update -qq
  # The tests run servers of their own: with this runlevel the packages start none.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

.venv/bin/python -m tools.servers.kafka_jars
