"""A Bytewax dataflow between two topics: `python -m bytewax.run "...bytewax_flow:flow('JOB.json')"`."""

from __future__ import annotations

from bytewax import operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kafka
from bytewax.dataflow import Dataflow

from benchmarks.peers.programs.job import load_job


def flow(path: str) -> Dataflow:
    job = load_job(path)

    def look(message: KafkaSourceMessage[bytes | None, bytes]) -> KafkaSinkMessage[None, bytes] | None:
        answer = job.answer(message.value)
        return None if answer is None else KafkaSinkMessage(None, answer)

    made = Dataflow("peer")
    source = kafka.input("listings", made, brokers=[job.bootstrap], topics=[job.listings])
    answers = op.filter_map("look", source.oks, look)
    kafka.output("found", answers, brokers=[job.bootstrap], topic=job.found)
    return made
