"""A member of a group as a process, to be killed: `python member.py BOOTSTRAP TOPIC GROUP SESSION_SECONDS`.

Prints `joined` and then, for every record, its partition and offset; commits nothing.
"""

from __future__ import annotations

import asyncio
import sys

from aiokafka import AIOKafkaConsumer


async def main(bootstrap: str, topic: str, group: str, session_seconds: float) -> None:
    async with AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=round(session_seconds * 1000),
        rebalance_timeout_ms=round(session_seconds * 1000),
        heartbeat_interval_ms=round(session_seconds * 1000 / 6),
        fetch_max_wait_ms=25,
    ) as consumer:
        say("joined")
        async for record in consumer:
            say(f"{record.partition} {record.offset}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])))
