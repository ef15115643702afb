#!/bin/sh
# The way back, into servers that lack the database: deploy/backup/restore.sh NAME. Stop our processes first.
# An older watchlist than Kafka's log knows is not believed: delete the topic `watchlist` too (deploy/README.md).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/commands.sh"
name=$(checked_name "$@")
[ -r "$name.dump" ] || { echo "restore: $name.dump is not here" >&2; exit 1; }

$PG_RESTORE --exit-on-error --single-transaction --no-owner --no-privileges <"$name.dump"
sed "s/@name@/$name/" "$here/clickhouse-restore.sql" | $CLICKHOUSE
echo "restored: run \`rightswatch migrate\` and grants.sql (compose does at its start), then start the service"
