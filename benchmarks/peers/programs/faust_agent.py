"""A Faust agent, one listing a message, on uvloop: `python -m ...faust_agent JOB.json`."""

from __future__ import annotations

import sys

import faust
import mode.loop

from benchmarks.peers.programs.job import load_job


def main(path: str) -> None:
    job = load_job(path)
    mode.loop.use("uvloop")  # what `faust --loop uvloop worker` does
    app = faust.App(
        job.found,
        broker=f"kafka://{job.bootstrap}",
        value_serializer="raw",
        topic_partitions=1,
        web_enabled=False,
        consumer_auto_offset_reset="earliest",
    )
    listings = app.topic(job.listings, value_type=bytes, value_serializer="raw")
    found = app.topic(job.found, value_type=bytes, value_serializer="raw")

    @app.agent(listings)  # type: ignore[untyped-decorator]
    async def look(stream: faust.StreamT[bytes]) -> None:
        async for message in stream:
            answer = job.answer(message)
            if answer is not None:
                await found.send(value=answer)

    faust.Worker(app, loglevel="WARN").execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv[1])
