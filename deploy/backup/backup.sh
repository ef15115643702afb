#!/bin/sh
# Keeps what cannot be had again: deploy/backup/backup.sh NAME, while the service runs.
# ClickHouse writes into its volume clickhouse-backups (/backups/NAME); PostgreSQL's dump goes to the file NAME.dump here.
# ClickHouse first: whatever revision of the watchlist its alerts name is then in the dump too.
# Without containers set CLICKHOUSE, PG_DUMP and PG_RESTORE to the programs with their options for host and user (README.md).
set -eu
umask 077 # the dump holds the accounts
here=$(cd "$(dirname "$0")" && pwd)
. "$here/commands.sh"
name=$(checked_name "$@")

sed "s/@name@/$name/" "$here/clickhouse-backup.sql" | $CLICKHOUSE
$PG_DUMP --format=custom --no-owner --no-privileges >"$name.dump.part"
mv "$name.dump.part" "$name.dump"
echo "kept: ClickHouse /backups/$name, PostgreSQL $name.dump"
