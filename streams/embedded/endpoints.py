"""Where the running parts listen: the answer that an attaching process gets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

PARTS: Final = ("clickhouse", "redis", "kafka")
HOST: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Ports on 127.0.0.1 with their accounts. What belongs to a part that was not asked for is None."""

    clickhouse_port: int | None = None  # native protocol
    clickhouse_user: str | None = None
    clickhouse_password: str | None = None
    clickhouse_reader_user: str | None = None  # may only read
    clickhouse_reader_password: str | None = None
    redis_port: int | None = None
    redis_password: str | None = None
    kafka_port: int | None = None

    def __repr__(self) -> str:
        """Without the passwords: this may end up in a log."""
        ports = (self.clickhouse_port, self.redis_port, self.kafka_port)
        return "Endpoints(clickhouse_port={}, redis_port={}, kafka_port={})".format(*ports)

    def to_json(self) -> dict[str, int | str]:
        return {name: value for name, value in asdict(self).items() if value is not None}
