"""`peers`: decode listings, find 100,000 marks, answer those whose every use is wanted; from Kafka, to Kafka.

Beside ours stands what people would pick instead, each written as its own documentation recommends: a Faust agent on
uvloop, Quix Streams, Bytewax; one listing a message, since none of them has pages. Ours is the worker as it runs, with
all its detectors and proofs. "exact" peers casefold and look for the marks alone; ours then has its rule pack told to
look for no near spellings, and undoes the other disguises all the same. "equal recall" peers run the best script of
public libraries that we could write (programs/finders.py), ours the shipped rules; both recalls are a row.

Each system has one core and reads the same listings from the beginning; measured is its processor time from the answer
to a listing a fifth of the way to that to the last one, so that starting and warming up are left out, and what else
runs on the machine too. They take turns. One that does not answer the listings it must fails the run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from itertools import product
from statistics import median
from uuid import uuid4

from benchmarks.peers.progress import Taken, follow
from benchmarks.peers.recall import UNDONE_BY_BOTH, recalls, together
from benchmarks.peers.systems import PEERS, WAYS, peer, pinned
from benchmarks.peers.topics import create_topic
from benchmarks.peers.work import PeerWork, work_of
from benchmarks.records import BenchmarkError, Row
from benchmarks.service import Process, Stores, prepared
from detectors.watchlist.rules import shipped_pack
from streams.broker.batches import Message
from streams.broker.producer import Sender
from streams.broker.topics import Topics, create_topics
from streams.configuration.sections import KafkaSettings
from tools.servers.kafka import KafkaServer
from tools.servers.running import running

MARKS = 100_000
RECALLS_APART = 0.02
MISSED_LIMIT = 0.02  # of the listings that must be answered, as for `pipeline`
LISTINGS = "one-listing-a-message"
AT_ONCE = 500  # messages handed to the producer: more wait for each other, and each wakes all
OURS = "rightswatch"
NEAR = "near_spellings = 1"  # in the shipped pack
SETTINGS = {
    "RIGHTSWATCH_KAFKA_LISTINGS_PARTITIONS": "1",  # so that the signs keep their places
    "RIGHTSWATCH_WORKER_WRITER": "no",
    "RIGHTSWATCH_PICTURES_ENABLED": "no",
}


def run(quick: bool) -> Sequence[Row]:
    """Measure; raises BenchmarkError when a system does not do the work, or recalls are not equal."""
    count, rounds, cases = (20_000, 1, 20) if quick else (200_000, 3, 100)
    rows = [_recall_row(cases)]
    work = work_of(count, MARKS)
    with running(KafkaServer) as server:
        settings = {**SETTINGS, "RIGHTSWATCH_KAFKA_BOOTSTRAP": server.bootstrap}
        with (
            prepared(work.rights, settings, without_near_spellings()) as exact,
            prepared(work.rights, settings) as full,
        ):
            asyncio.run(_send_single(server.bootstrap, work))
            stores = dict(zip(WAYS, (exact, full), strict=True))
            turns = Turns(server.bootstrap, stores, work, max(os.sched_getaffinity(0)))
            taken = [turns.round() for _ in range(rounds)]
    seconds = {key: median(one[key] for one in taken) for key in taken[0]}
    return [
        *rows,
        *(_row(f"{way}: {name}", work, seconds[way, OURS], seconds[way, name]) for way, name in product(WAYS, PEERS)),
    ]


def without_near_spellings() -> Mapping[str, str]:
    """The shipped rule pack with that one limit changed."""
    pack = dict(shipped_pack())
    if NEAR not in pack["weights"]:
        raise BenchmarkError(f"the shipped weights do not say {NEAR!r}")
    return {**pack, "weights": pack["weights"].replace(NEAR, NEAR.replace("1", "0"))}


class Turns:
    """Every system once a round; processor seconds of each."""

    def __init__(self, bootstrap: str, stores: Mapping[str, Stores], work: PeerWork, core: int) -> None:
        """`stores`: ours, for each of WAYS."""
        self._bootstrap = bootstrap
        self._stores = stores
        self._work = work
        self._core = core
        self._alerts = dict.fromkeys(stores, 0)  # of earlier rounds

    def round(self) -> dict[tuple[str, str], float]:
        taken = {(way, OURS): self._ours(way) for way in WAYS}
        for way, name in product(WAYS, PEERS):
            taken[way, name] = self._peer(way, name)
        return taken

    def _ours(self, way: str) -> float:
        stores = self._stores[way]
        topics = asyncio.run(_send_pages(stores.connections.kafka, self._work))
        with stores.worker(*pinned(self._core), waits=False) as started:
            taken = self._checked(f"{way}: ours", started, topics.alerts, self._alerts[way])
        self._alerts[way] = taken.next_offset
        return taken.cpu_seconds

    def _peer(self, way: str, name: str) -> float:
        found = f"found-{uuid4().hex[:10]}"
        asyncio.run(create_topic(self._bootstrap, found))
        job = {"bootstrap": self._bootstrap, "listings": LISTINGS, "found": found}
        with peer(name, way, self._work, job, self._core) as started:
            return self._checked(f"{way}: {name}", started, found).cpu_seconds

    def _checked(self, name: str, started: Process, topic: str, offset: int = 0) -> Taken:
        taken = asyncio.run(follow(self._bootstrap, topic, offset, started))
        missed = self._work.expected - taken.answered
        if len(missed) > MISSED_LIMIT * len(self._work.expected):
            raise BenchmarkError(f"{name} left {len(missed)} of {len(self._work.expected)} listings unanswered")
        return taken


def _row(name: str, work: PeerWork, ours: float, peer: float) -> Row:
    return Row(
        metric=f"{name} ({len(work.messages) // 1000} k listings, {len(work.marks) // 1000} k marks, Apache Kafka)",
        unit="listings/s of CPU",
        ours=work.measured / ours,
        peer=work.measured / peer,
        peer_name=name.partition(": ")[2],
        ratio=peer / ours,
    )


def _recall_row(cases: int) -> Row:
    both = together(recalls(cases))
    if both.ours - both.peer > RECALLS_APART:
        raise BenchmarkError(f"the recalls are not equal: ours {both.ours:.3f}, the peers' {both.peer:.3f}")
    return Row(
        metric=f"recall of {both.cases} marks in {len(UNDONE_BY_BOTH)} disguises that both undo, any use watched",
        unit="share",
        ours=both.ours,
        peer=both.peer,
        peer_name="disarm + OpenCC + pypinyin + ahocorasick_rs over variants",
        ratio=both.ours / both.peer,
    )


async def _send_single(bootstrap: str, work: PeerWork) -> None:
    await create_topic(bootstrap, LISTINGS)
    await _send(KafkaSettings(bootstrap=bootstrap), LISTINGS, work.messages)


async def _send_pages(kafka: KafkaSettings, work: PeerWork) -> Topics:
    topics = await create_topics(kafka)
    await _send(kafka, topics.listings, work.bodies)
    return topics


async def _send(kafka: KafkaSettings, topic: str, values: Sequence[bytes]) -> None:
    async with Sender(kafka) as sender:
        for start in range(0, len(values), AT_ONCE):
            sent = await sender.send_all([Message(topic, None, value, 0) for value in values[start : start + AT_ONCE]])
            if sent.unsent:
                raise BenchmarkError(f"the broker did not take {len(sent.unsent)} messages")
