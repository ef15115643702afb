"""What came of dead letters that were sent again: the proof of a new screening, or new letters at the place sent to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.dead_query import ID

WAITING, SCREENED, DEAD_AGAIN = "waiting", "screened", "dead_again"
OUTCOMES = (WAITING, SCREENED, DEAD_AGAIN)
SentTo = tuple[datetime, str, str, int, int]
"""When the letter was observed; the page that it was sent as, in hex; the topic, partition and offset it went to."""
Place = tuple[str, int, int]

_SINCE = "observed_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
_PROOFS = f"""
SELECT lower(hex(page)), toString(topic), `partition`, `offset`, observed_at, listings, alerts FROM screenings
WHERE {_SINCE} AND page IN arrayMap(digest -> toFixedString(unhex(digest), 32), {{digests:Array(String)}})
ORDER BY observed_at"""  # noqa: S608 - our own words; values are bound
_LETTERS = f"""
SELECT {ID}, toString(topic), `partition`, `offset`, observed_at FROM dead_letters FINAL
WHERE {_SINCE} AND topic IN {{topics:Array(String)}} AND `offset` IN {{offsets:Array(Int64)}}
ORDER BY observed_at"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of a retry. `waiting`: nothing is known of it yet (a record of another topic than `listings` leaves no proof)."""

    state: str
    listings: int = 0
    alerts: int = 0
    letters: tuple[str, ...] = ()  # the ids of the letters that came of it

    def to_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "listings": self.listings,
            "alerts": self.alerts,
            "dead_letters": list(self.letters),
        }


def read_outcomes(connection: Connection, sent: Mapping[str, SentTo]) -> dict[str, Outcome]:
    """By the letter's id.

    A place is not enough to know a retry by: an embedded broker counts from 0 again after a restart. What came of a
    retry was observed after the letter was, by the same broker's clock.
    """
    if not sent:
        return {}
    since = milliseconds(min(observed_at for observed_at, *_ in sent.values()))
    proofs = defaultdict[tuple[str, Place], list[Any]](list)
    for page, topic, partition, offset, *proof in connection.query(
        _PROOFS, {"since": since, "digests": sorted({page for _, page, *_ in sent.values()})}
    ):
        proofs[page, (topic, partition, offset)].append(proof)
    letters = defaultdict[Place, list[tuple[datetime, str]]](list)
    places = [(topic, offset) for *_, topic, _, offset in sent.values()]
    values = {"topics": sorted({topic for topic, _ in places}), "offsets": sorted({offset for _, offset in places})}
    for letter_id, topic, partition, offset, observed_at in connection.query(_LETTERS, {"since": since, **values}):
        letters[topic, partition, offset].append((observed_at, letter_id))
    found = {}
    for letter_id, (observed_at, page, topic, partition, offset) in sent.items():
        at: Place = (topic, partition, offset)
        new = tuple(name for moment, name in letters[at] if moment > observed_at)
        proof = [one for one in proofs[page, at] if one[0] > observed_at][-1:]
        found[letter_id] = _outcome(proof[0] if proof else None, new)
    return found


def _outcome(proof: Any, letters: tuple[str, ...]) -> Outcome:
    if proof is not None and proof[1]:
        return Outcome(state=SCREENED, listings=proof[1], alerts=proof[2], letters=letters)
    return Outcome(state=DEAD_AGAIN if letters or proof is not None else WAITING, letters=letters)
