#!/bin/sh
# People's commands on a machine with the units, as /usr/local/bin/rightswatch: `rightswatch doctor`, `rightswatch dead counts`.
# A command is who the process web is on the servers; AS=migrate or AS=worker: who that one is. It runs as the user rightswatch,
# so a file that only you may read goes through standard input: `rightswatch rights import - < FILE`.
set -eu
place=/etc/rightswatch
data=/var/lib/rightswatch/commands
told=$place/${AS:-web}.env

[ -r "$told" ] || { echo "rightswatch: $told cannot be read: be root, or in the group rightswatch" >&2; exit 2; }
while IFS= read -r line; do # as systemd reads it; a password or URL may hold what a shell would expand
  case $line in RIGHTSWATCH_*=*) export "${line?}" ;; esac
done <"$told"
export RIGHTSWATCH_SETTINGS="$place/rightswatch.toml" RIGHTSWATCH_DATA_DIR="$data"
set -- /opt/rightswatch/.venv/bin/rightswatch "$@"
if [ "$(id -u)" -eq 0 ]; then
  install -d -m 700 -o rightswatch -g rightswatch "$data"
  set -- runuser -u rightswatch -- "$@"
fi
exec "$@"
