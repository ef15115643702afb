#!/bin/sh
# Makes a random password for each user, and what the servers are told of them (hashes only), in deploy/secrets/.
# A password that is there stays. Nobody but the owner can enter the folder; its files are open to the containers' users.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/secrets}
names="clickhouse_migrate clickhouse_writer clickhouse_web clickhouse_reader clickhouse_replay
  clickhouse_backup
  redis_worker redis_writer redis_web
  postgresql_admin postgresql_migrate postgresql_worker postgresql_editor postgresql_retro postgresql_reader
  grafana_admin kafka_sasl"

umask 022
mkdir -p "$out"
chmod 700 "$out"
hash() { printf %s "$(cat "$1")" | sha256sum | cut -d ' ' -f 1; }

edits=$(mktemp)
trap 'rm -f "$edits"' EXIT
for name in $names; do
  [ -s "$out/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$out/$name"
  echo "s/@$name@/$(hash "$out/$name")/" >>"$edits"
done
printf rightswatch >"$out/kafka_user" # of Kafka itself nothing is made here: compose.yaml's has no users
sed -f "$edits" "$here/clickhouse/users.xml" >"$out/clickhouse-users.xml"
sed -f "$edits" "$here/redis/users.acl" >"$out/redis-users.acl"
echo "passwords and user files are in $out"
