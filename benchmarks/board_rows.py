"""Rows of every table that the boards read, made by ClickHouse itself: ten million listings in half a minute.

All of it follows from the number of the row, so two runs hold the same. Rights and sellers are as uneven as in life:
the few that lead have most of the alerts. One alert in twenty is found again later; two groups in three are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sinks.clickhouse.columns import milliseconds
from sinks.clickhouse.connection import Connection

LISTINGS_A_PAGE = 100
RIGHTS, SELLERS = 5_000, 200_000
PLATFORMS = (
    "taobao",
    "tmall",
    "pinduoduo",
    "jd",
    "1688",
    "aliexpress",
    "temu",
    "shein",
    "amazon",
    "ebay",
    "etsy",
    "wish",
)
DETECTORS = ("mark", "mark", "mark", "coded_fake", "patent_claim", "image_copy", "image_copy", "logo")
TIERS = ("high", "medium", "medium", "low", "low", "low")
SCREENS = ("mention", "licence", "compatible", "own_shop", "other_goods", "resale", "allowed", "not_in_force")
DEAD = ("no_title", "no_listing_id", "not_json", "screening_failed")
STATES = (*("closed",) * 17, "open", "review", "shelved")
VERDICTS = ("infringing", "infringing", "not_infringing")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much there is, spread evenly over the days that end at `until`."""

    listings: int
    alerts: int
    days: int
    until: datetime

    @property
    def pages(self) -> int:
        return max(1, self.listings // LISTINGS_A_PAGE)

    @property
    def groups(self) -> int:
        return max(1, self.alerts * 4 // 5)


def fill(connection: Connection, amount: Amount) -> None:
    """Insert into empty tables."""
    for table, (rows, columns) in _tables(amount).items():
        _insert(connection, table, columns, 0, rows)


def fill_in_small_parts(connection: Connection, amount: Amount, parts: int, rows: int) -> None:
    """Alerts as the writer brings them, a little at a time and not merged yet: the worst that a query meets."""
    many, columns = _tables(amount)["alerts"]
    connection.command("SYSTEM STOP MERGES")
    for number in range(parts):
        _insert(connection, "alerts", columns, many + number * rows, rows)


def _insert(connection: Connection, table: str, columns: Mapping[str, str], first: int, rows: int) -> None:
    names = ", ".join(f"`{name}`" for name in columns)
    values = ", ".join(f"{value} AS `{name}`" for name, value in columns.items())
    connection.command(f"INSERT INTO {table} ({names}) SELECT {values} FROM numbers({first}, {rows})")  # noqa: S608


def _tables(amount: Amount) -> Mapping[str, tuple[int, Mapping[str, str]]]:
    """Of each table how many rows, and an expression over `number` for each column."""
    alert = f"(number % {amount.alerts})"  # what is found again has its first number, and a time of its own
    group = f"({alert} % {amount.groups})"
    right, seller = _right(group), f"toString({_leading(group, 'seller', SELLERS)})"
    name = f"concat('shop ', {seller})"
    found = {
        "alert_id": _id(alert, "alert"),
        "platform": _one_of(group, "platform", PLATFORMS),
        "right_id": right,
        "detector": _one_of(alert, "detector", DETECTORS),
    }
    return {
        "alerts": (
            amount.alerts + amount.alerts // 20,
            found
            | {
                "group_id": _id(group, "group"),
                "listing_id": f"toString({group})",
                "title": f"concat('An offer of something, number ', toString({group}))",
                "seller_name": name,
                "subject": right,
                "kind": "'trademark'",
                "score": _share(alert, "score"),
                "tier": _one_of(alert, "tier", TIERS),
                "observed_at": _time("number", "alert", amount),
                "revision": "1",
                "page": _digest("number", "page"),
                "listing_digest": _digest(alert, "listing"),
                "document": f"concat('{{\"seller\":{{\"id\":\"', {seller}, '\"}},\"x\":\"', {_filler(alert)}, '\"}}')",
            },
        ),
        "screened_sample": (
            max(1, amount.alerts // 10),
            found | {
                "screened": _one_of("number", "screen", SCREENS),
                "document": "'{}'",
                "observed_at": _time("number", "sample", amount),
            },
        ),
        "verdicts": (
            max(1, amount.groups * 3 // 4),
            {
                "group_id": _id("number", "group"),
                "alert_id": _id("number", "alert"),
                "judged_at": _time("number", "verdict", amount),
                "verdict": _one_of("number", "verdict", VERDICTS),
                "reason_code": "if(verdict = 'infringing', 'counterfeit', 'licensed')",
                "judged_by": _one_of("number", "judge", ("ann", "bo", "chen")),
                "listing_digest": _digest("number", "listing"),
                "revision": "1",
            },
        ),
        "triage_states": (
            max(1, amount.groups * 3 // 4),
            {
                "group_id": _id("number", "group"),
                "version": "1",
                "state": _one_of("number", "state", STATES),
                "right_id": _right("number"),
                "shelved_until": _time("number", "shelf", amount),
                "verdict": f"if(state = 'closed', {_one_of('number', 'verdict', VERDICTS)}, '')",
                "judged_by": _one_of("number", "judge", ("ann", "bo", "chen")),
                "judged_at": _time("number", "verdict", amount),
                "changed_at": _time("number", "verdict", amount),
            },
        ),
        "screenings": (
            amount.pages,
            {
                "observed_at": _time("number", "page", amount),
                "page": _digest("number", "page"),
                "topic": "'listings'",
                "partition": "number % 8",
                "offset": "number",
                "revision": "1",
                "versions": "'rules 1'",
                "listings": str(LISTINGS_A_PAGE),
                "matches": f"12 + {_chance('number', 'matches')} % 8",
                "alerts": f"{_chance('number', 'alerts')} % 20",
                "dead": f"{_chance('number', 'dead')} % 100 = 0",
                "screened": f"map({_one_of('number', 'screen', SCREENS)}, 3, 'other_goods', 2)",
                "warnings": "map('nul_stripped', 1)",
                "worker": "concat('worker-', toString(number % 4))",
            },
        ),
        "listings": (
            amount.listings,
            {
                # A page comes from one platform.
                "platform": _one_of(f"intDiv(number, {LISTINGS_A_PAGE})", "platform", PLATFORMS),
                "listing_id": "toString(number)",
                "page": _digest(f"intDiv(number, {LISTINGS_A_PAGE})", "page"),
                "line": f"number % {LISTINGS_A_PAGE}",
                "listing_digest": _digest("number", "listing"),
                "seller_id": f"toString({_leading('number', 'seller', SELLERS)})",
                "price": f"toFloat64({_chance('number', 'price')} % 100000) / 100",
                "currency": "'CNY'",
                "category": f"concat('c', toString({_chance('number', 'category')} % 300))",
                "market": "'CN'",
                "state": "'listed'",
                "condition": "'new'",
                "observed_at": _time(f"intDiv(number, {LISTINGS_A_PAGE})", "page", amount),
            },
        ),
        "dead_letters": (
            max(1, amount.pages // 20),
            {
                "observed_at": _time("number", "dead", amount),
                "sha256": _digest("number", "dead"),
                "topic": "'listings'",
                "partition": "number % 8",
                "offset": "number",
                "line": "0",
                "reason": _one_of("number", "dead", DEAD),
                "length": "20",
                "head": "'{\"platform\":\"taobao\"}'",
                "page": _digest("number", "page"),
            },
        ),
        "dead_letter_decisions": (
            max(1, amount.pages // 40),
            {
                "observed_at": _time("number", "dead", amount),
                "sha256": _digest("number", "dead"),
                "topic": "'listings'",
                "partition": "number % 8",
                "offset": "number",
                "line": "0",
                "decision": "'discarded'",
                "decided_by": "'ann'",
                "decided_at": _time("number", "decided", amount),
            },
        ),
    }  # fmt: skip


def _right(group: str) -> str:
    return f"concat('CN-TM-', toString({_leading(group, 'right', RIGHTS)}))"


def _chance(number: str, word: str) -> str:
    return f"cityHash64(toUInt64({number}), '{word}')"  # equal numbers of other widths have other hashes


def _share(number: str, word: str) -> str:
    """From 0 to 1."""
    return f"({_chance(number, word)} / 18446744073709551616.)"


def _one_of(number: str, word: str, names: Sequence[str]) -> str:
    return f"arrayElement({list(names)}, 1 + {_chance(number, word)} % {len(names)})"


def _leading(number: str, word: str, many: int) -> str:
    """A whole number up to `many`; one and two each come as often as a thousand to two thousand together."""
    return f"toUInt32(pow({many}, {_share(number, word)}))"


def _id(number: str, word: str) -> str:
    return f"reinterpretAsUUID(sipHash128(toUInt64({number}), '{word}'))"


def _digest(number: str, word: str) -> str:
    return (
        f"toFixedString(concat(sipHash128(toUInt64({number}), '{word}'), sipHash128('{word}', toUInt64({number}))), 32)"
    )


def _time(number: str, word: str, amount: Amount) -> str:
    span = timedelta(days=amount.days) // timedelta(milliseconds=1)
    back = f"{_chance(number, word + ' time')} % {span}"
    return f"fromUnixTimestamp64Milli(toInt64({milliseconds(amount.until)} - {back}), 'UTC')"


def _filler(number: str) -> str:
    """As long as a document is after compression."""
    return f"hex(concat(sipHash128({number}, 'a'), sipHash128({number}, 'b'), sipHash128({number}, 'c')))"
