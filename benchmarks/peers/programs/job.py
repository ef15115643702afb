"""What a program is to do, and the function that each framework gets: the bytes of a listing in, of an answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.peers.programs.finders import FINDERS
from benchmarks.peers.programs.texts import text_of


@dataclass(frozen=True, slots=True)
class Job:
    """Read `listings`, one JSON object a message, and answer on `found`."""

    bootstrap: str
    listings: str
    found: str
    answer: Callable[[bytes], bytes | None]
    """The message for a listing that names a mark whose every use is wanted, else None."""


def load_job(path: str) -> Job:
    job = orjson.loads(Path(path).read_bytes())
    return Job(job["bootstrap"], job["listings"], job["found"], _answering(job))


def _answering(job: Mapping[str, Any]) -> Callable[[bytes], bytes | None]:
    marks, wanted = job["marks"], frozenset(job["wanted"])
    find = FINDERS[job["finder"]](marks).find

    def answer(message: bytes) -> bytes | None:
        listing = orjson.loads(message)
        named = wanted & find(text_of(listing))
        if not named:
            return None
        return orjson.dumps({"listing_id": listing["listing_id"], "marks": [marks[place] for place in sorted(named)]})

    return answer
