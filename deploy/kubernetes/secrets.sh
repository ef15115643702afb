#!/bin/sh
# A Secret for each kind of pod, with what that pod is given and nothing else; no administrator's password is among them.
#   deploy/kubernetes/secrets.sh ca.pem [FOLDER]     after deploy/make_secrets.sh, and again after a changed password
# ca.pem: the authority that signed the servers' certificates. FOLDER: where the passwords are, else deploy/secrets.
set -eu
ca=$1
from=${2:-$(cd "$(dirname "$0")/.." && pwd)/secrets}

secret() {
  name=rightswatch-$1
  shift
  for key; do # each is replaced by its argument
    set -- "$@" "--from-file=$key=$from/$key"
    shift
  done
  kubectl --namespace rightswatch create secret generic "$name" "--from-file=ca.pem=$ca" "$@" --dry-run=client --output=yaml |
    kubectl --namespace rightswatch apply --filename=-
}

secret migrate kafka_sasl clickhouse_migrate postgresql_migrate
secret worker kafka_sasl redis_worker postgresql_worker
secret writer kafka_sasl clickhouse_writer redis_writer postgresql_editor
secret pictures kafka_sasl clickhouse_writer postgresql_reader
secret retro kafka_sasl clickhouse_replay postgresql_retro
secret web kafka_sasl clickhouse_web redis_web postgresql_editor
secret scaling kafka_user kafka_sasl # KEDA's, which asks Kafka how much waits
