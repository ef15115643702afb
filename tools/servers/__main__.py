"""Runs the servers until Ctrl-C and prints where they are, as settings of the service.

python -m tools.servers [kafka] [postgresql] [redis]    none named: all
"""

from __future__ import annotations

import signal
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from tools.servers.kafka import KafkaServer
from tools.servers.postgresql import PostgreSQLServer
from tools.servers.process import ServerError
from tools.servers.redis import RedisServer

NAMES = ("kafka", "postgresql", "redis")


def main(names: list[str]) -> int:
    if unknown := set(names) - set(NAMES):
        print(f"servers: unknown: {', '.join(sorted(unknown))}; choose out of {', '.join(NAMES)}", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        try:
            for name in names or NAMES:
                print(_start(name, stack), flush=True)
        except ServerError as error:
            print(f"servers: {error}", file=sys.stderr)
            return 1
        with suppress(KeyboardInterrupt):
            signal.pause()
    return 0


def _start(name: str, stack: ExitStack) -> str:
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"rightswatch-{name}-")))
    if name == "kafka":
        kafka = KafkaServer(home)
        stack.callback(kafka.stop)
        kafka.start()
        return f"RIGHTSWATCH_KAFKA_BOOTSTRAP={kafka.bootstrap}"
    if name == "redis":
        redis = RedisServer(home)
        stack.callback(redis.stop)
        redis.start()
        return f"RIGHTSWATCH_REDIS_URL={redis.url}"
    postgresql = PostgreSQLServer(home)
    stack.callback(postgresql.stop)
    postgresql.start()
    return f"RIGHTSWATCH_OPERATIONAL_URL={stack.enter_context(postgresql.database())}"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C
    sys.exit(main(sys.argv[1:]))
