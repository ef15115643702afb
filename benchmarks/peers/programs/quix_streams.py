"""Quix Streams' dataframe of a topic: `python -m ...quix_streams JOB.json`."""

from __future__ import annotations

import sys

from quixstreams import Application

from benchmarks.peers.programs.job import load_job


def main(path: str) -> None:
    job = load_job(path)
    app = Application(
        broker_address=job.bootstrap, consumer_group=job.found, auto_offset_reset="earliest", loglevel="WARNING"
    )
    listings = app.topic(job.listings, value_deserializer="bytes")
    found = app.topic(job.found, value_serializer="bytes")
    frame = app.dataframe(listings)
    frame = frame.apply(job.answer)
    frame = frame.filter(lambda answer: answer is not None)
    frame.to_topic(found)
    app.run()


if __name__ == "__main__":
    main(sys.argv[1])
