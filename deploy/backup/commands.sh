# How the servers of compose.yaml are reached; both scripts read this.
compose="docker compose --file $here/../compose.yaml"
if [ -z "${CLICKHOUSE:-}" ]; then
  CLICKHOUSE_PASSWORD=$(cat "$here/../secrets/clickhouse_backup")
  export CLICKHOUSE_PASSWORD
  CLICKHOUSE="$compose exec -T --env CLICKHOUSE_PASSWORD clickhouse clickhouse-client --user rightswatch_backup"
fi
# The tables' owner dumps them: no other role may read the accounts.
PG_DUMP=${PG_DUMP:-$compose exec -T postgresql pg_dump --username rightswatch_migrate --dbname rightswatch}
PG_RESTORE=${PG_RESTORE:-$compose exec -T postgresql pg_restore --username rightswatch_migrate --dbname rightswatch}

checked_name() {
  case ${1:-} in
    '' | *[!A-Za-z0-9_-]*) echo "usage: $0 NAME (letters, digits, _ and -)" >&2; exit 2 ;;
  esac
  echo "$1"
}
