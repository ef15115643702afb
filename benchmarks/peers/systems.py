"""Each system by how it is started and which topic it answers on; one that starts reads its listings from the first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson

from benchmarks.peers.environment import interpreter
from benchmarks.peers.work import PeerWork
from benchmarks.service import Process, running

PROGRAMS = "benchmarks.peers.programs"
PEERS = {
    "a Faust agent, one listing a message": ("-m", f"{PROGRAMS}.faust_agent", "{job}"),
    "Quix Streams": ("-m", f"{PROGRAMS}.quix_streams", "{job}"),
    "Bytewax": ("-m", "bytewax.run", f"{PROGRAMS}.bytewax_flow:flow('{{job}}')"),
}
WAYS = ("exact", "equal recall")


def pinned(core: int) -> tuple[str, ...]:
    """What starts a command on one core (util-linux)."""
    return ("taskset", "--cpu-list", str(core))


@contextmanager
def peer(name: str, way: str, work: PeerWork, topics: Mapping[str, str], core: int) -> Iterator[Process]:
    """The program of a peer, finding marks in one of WAYS; `topics`: the bootstrap, listings and found of its Job."""
    with tempfile.TemporaryDirectory(prefix="rightswatch-peer-") as folder:
        job = Path(folder) / "job.json"
        job.write_bytes(orjson.dumps({**topics, "finder": way, "marks": work.marks, "wanted": work.wanted}))
        command = [*pinned(core), interpreter(), *(part.format(job=job) for part in PEERS[name])]
        with running(command, Path(folder) / "log") as process:
            yield process
