"""Leads, notices and what they rest on, made by PostgreSQL itself: ten million rows in a few minutes.

All of it follows from the number of the row, so two runs hold the same. Rights, sellers and destinations are as uneven
as in life: the few that lead have most. Three leads of a group; of each three events; one judged group in twenty was
judged and taken back. Of a day's notices some wait: a backlog that is due, and what a digest tells later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sinks.operational.metadata import metadata
from sinks.operational.triage_records import to_ms

DAYS = 90
DAY_MS = 86_400_000
LEADS_A_GROUP = 3
WANTED = '{"events":["alert","verdict","lead","delisted"],"kinds":[],"tiers":[],"detectors":[],"right_ids":[]}'
RIGHT = '{"right_id":"R%s","kind":"trademark","marks":["ZORBEX"],"holder":{"id":"h%s"},"expires_on":"2046-03-01"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much there is. Everything happened in the 90 days that end at `until`."""

    leads: int
    notices: int
    destinations: int
    rights: int
    holders: int
    accounts: int
    sellers: int
    until: datetime

    @property
    def groups(self) -> int:
        return self.leads // LEADS_A_GROUP


def fill(connection: Connection, amount: Amount) -> None:
    """Insert into empty tables; the connection must commit by itself. The indexes come last, which is much faster."""
    tables = _tables(amount)
    indexes = [index for table in tables for index in metadata.tables[table].indexes]
    for index in indexes:
        index.drop(connection)
    for table, (rows, columns) in tables.items():
        names, values = ", ".join(columns), ", ".join(columns.values()).replace("%", "%%")  # no placeholders
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {rows}) AS n"  # noqa: S608
        )
    for index in indexes:
        index.create(connection)
    connection.exec_driver_sql("VACUUM ANALYZE")


def _tables(amount: Amount) -> Mapping[str, tuple[int, Mapping[str, str]]]:
    """Of each table how many rows, and an expression over `n` for each column."""
    now = to_ms(amount.until)
    return {
        "account": (amount.accounts, _account(now)),
        "watchlist_log": (amount.rights, _right_log(amount)),
        "right_list": (amount.rights, _right_list(amount)),
        "triage_group": (amount.groups, _group(amount, now)),
        "triage_event": (amount.groups * 2, _triage_event(amount, now)),
        "lead": (amount.leads, _lead(amount, now)),
        "lead_event": (amount.leads * 3, _lead_event(amount, now)),
        "notice_destination": (amount.destinations, _destination(amount, now)),
        "notice": (amount.notices, _notice(amount, now)),
        "notice_try": (amount.notices, _try(amount, now)),
    }


def _account(now: int) -> Mapping[str, str]:
    return {
        "account_id": "'a' || n",
        "name": "'a' || n",
        "name_key": "'a' || n",
        "roles": """'["operator"]'""",
        "disabled": "n % 50 = 0",
        "must_change": "false",
        "created_ms": str(now - DAYS * DAY_MS),
    }


def _right_log(amount: Amount) -> Mapping[str, str]:
    document = RIGHT.replace("%s", "' || n || '", 1).replace("%s", f"' || n % {amount.holders} || '")
    return {"revision": "n", "op": "'put'", "subject": "'right:R' || n", "document": f"'{document}'"}


def _right_list(amount: Amount) -> Mapping[str, str]:
    return {
        "subject": "'right:R' || n",
        "revision": "n",
        "document_revision": "n",
        "is_held": "true",
        "holder_id": f"'h' || n % {amount.holders}",
        "kind": "'trademark'",
        "status": "'granted'",
        "words": "'zorbex'",
    }


def _group(amount: Amount, now: int) -> Mapping[str, str]:
    return {
        "group_id": group_id_of("n"),
        "version": "2",
        "state": _one_of("n", "state", ("closed",) * 9 + ("open",)),
        "verdict": f"CASE WHEN {_one_of('n', 'state', ('true',) * 9 + ('false',))}::bool THEN 'infringing' END",
        "reason_code": "'counterfeit'",
        "right_id": _right("n", amount),
        "seller": _seller("n", amount),
        "seller_region": _region("n"),
        "tier": "'high'",
        "first_seen_ms": _time("n", "group", now),
        "changed_at_ms": _time("n", "group", now),
    }


def _triage_event(amount: Amount, now: int) -> Mapping[str, str]:
    """A claim and then a verdict; one in twenty undoes another."""
    group = "(n + 1) / 2"
    return {
        "event_id": _id("event", "n"),
        "group_id": group_id_of(group),
        "version": "2 - n % 2",
        "act": "CASE n % 2 WHEN 0 THEN 'verdict' ELSE 'note' END",
        "verdict": "CASE n % 2 WHEN 0 THEN 'infringing' END",
        "reason_code": "CASE n % 2 WHEN 0 THEN 'counterfeit' END",
        "note": "''",
        "by_name": "'a1'",
        "by_id": "'a1'",
        "at_ms": _time("n", "judged", now),
        "undoes": f"CASE WHEN n % 20 = 0 THEN {_id('event', 'n - 2')} END",
        "alert_id": f"CASE n % 2 WHEN 0 THEN {_id('alert', group)} END",
    }


def _lead(amount: Amount, now: int) -> Mapping[str, str]:
    group = f"((n + {LEADS_A_GROUP - 1}) / {LEADS_A_GROUP})"
    made = _time(group, "group", now)
    others = ("sent",) * 60 + ("closed",) * 24 + ("withdrawn",) * 14 + ("waiting",) * 2
    third = _one_of(group, "third", ("enforcement",) * 9 + ("person",))
    recipient = f"CASE n % {LEADS_A_GROUP} WHEN 0 THEN 'right_holder' WHEN 1 THEN 'national_record' ELSE {third} END"
    state = (
        f"CASE WHEN n % {LEADS_A_GROUP} = 2 AND {third} = 'person' "
        f"THEN {_one_of('n', 'decided', ('person', 'decided', 'decided', 'withdrawn'))} "
        f"ELSE {_one_of('n', 'lead state', others)} END"
    )
    return {
        "lead_id": _id("lead", "n"),
        "version": "3",
        "group_id": group_id_of(group),
        "recipient": recipient,
        "place": f"CASE WHEN n % {LEADS_A_GROUP} = 2 AND {third} = 'enforcement' THEN {_region(group)} ELSE '' END",
        "state": state,
        "because": "'verdict'",
        "cause": f"'verdict:' || {group_id_of(group)} || ':2'",
        "case_id": f"md5('case' || {_seller(group, amount)} || {_right(group, amount)})::uuid::text",
        "routing_version": "'1'",
        "rule": "'trade_mark'",
        "clause": "'Trade Mark Law, art. 60'",
        "jurisdiction": """'{"why":["actual_place"],"candidates":[]}'""",
        "alert_id": _id("alert", group),
        "right_id": _right(group, amount),
        "kind": "'trademark'",
        "platform": "'taobao'",
        "listing_id": f"'L' || {group}",
        "seller": _seller(group, amount),
        "region": _region(group),
        "facts": '\'{"title":"ZORBEX shoes","tier":"high","subject":"R1","x":"\' || repeat(\'z\', 300) || \'"}\'',
        "observed_at_ms": f"{made} - 60000",
        "made_at_ms": made,
        "send_after_ms": f"{made} + 600000 + CASE WHEN {_chance('n', 'later')} % 2 = 0 THEN {DAYS * DAY_MS} ELSE 0 END",
        "sent_at_ms": f"{made} + 600000",
        "takedown": "'not_submitted'",
    }


def _lead_event(amount: Amount, now: int) -> Mapping[str, str]:
    number = "((n + 2) / 3)"
    return {
        "event_id": _id("lead event", "n"),
        "lead_id": _id("lead", number),
        "version": "(n + 2) % 3 + 1",
        "act": "(ARRAY['made', 'rechecked', 'sent'])[(n + 2) % 3 + 1]",
        "detail": "'{}'",
        "at_ms": f"{_time(f'(({number} + {LEADS_A_GROUP - 1}) / {LEADS_A_GROUP})', 'group', now)} + 600000",
    }


def _destination(amount: Amount, now: int) -> Mapping[str, str]:
    """One in sixty is an account's, which hears of everything; the others are holders'."""
    return {
        "destination_id": _id("destination", "n"),
        "owner_kind": "CASE n % 60 WHEN 0 THEN 'account' ELSE 'holder' END",
        "owner_id": f"CASE n % 60 WHEN 0 THEN 'a' || (n / 60 % {amount.accounts} + 1) "
        f"ELSE 'h' || n % {amount.holders} END",
        "regions": """CASE WHEN n % 24 = 0 THEN '["4403"]' END""",
        "name": "'ours ' || n",
        "kind": "(ARRAY['webhook', 'email', 'dingtalk', 'wecom', 'feishu'])[n % 5 + 1]",
        "address": "'https://hooks.example/in?key=' || n",
        "secrets": """'["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]'""",
        "limit_key": "md5('limit' || n) || md5('limit' || n)",
        "wanted": f"'{WANTED}'",
        "digest_hour": "CASE WHEN n % 4 = 0 THEN 9 END",
        "time_zone": "'Asia/Shanghai'",
        "language": "'en'",
        "is_enabled": "n % 40 <> 39",
        "paused_until_ms": "0",
        "token": "'token' || n",
        "version": "1",
        "made_by": "'a1'",
        "created_at_ms": str(now - DAYS * DAY_MS),
        "changed_at_ms": str(now - DAYS * DAY_MS),
    }


def _notice(amount: Amount, now: int) -> Mapping[str, str]:
    group = f"(n % {amount.groups} + 1)"
    state = _notice_state()
    waits = f"{state} = 'waiting'"
    at = _time("n", "notice", now)
    return {
        "notice_id": _id("notice", "n"),
        "destination_id": _id("destination", _leading("n", "destination", amount.destinations)),
        "event_key": "'alert:' || n",
        "event": "(ARRAY['alert', 'verdict', 'lead', 'delisted'])[n % 4 + 1]",
        "group_id": group_id_of(group),
        "alert_id": _id("alert", group),
        "right_id": _right(group, amount),
        "seller_region": _region(group),
        "document": _document(group),
        "state": state,
        "reason": "''",
        "digest_id": f"CASE WHEN NOT ({waits}) AND n % 3 = 0 THEN {_id('digest', 'n / 60')} END",
        "tries": f"CASE WHEN {waits} THEN 0 ELSE 1 END",
        "at_ms": at,
        "next_at_ms": f"CASE WHEN {waits} AND n % 2 = 0 THEN {now} + {_chance('n', 'next')} % {DAY_MS} ELSE {at} END",
        "settled_at_ms": f"CASE WHEN NOT ({waits}) THEN {at} + 1000 END",
    }


def _try(amount: Amount, now: int) -> Mapping[str, str]:
    limit = f"md5('limit' || {_leading('n', 'destination', amount.destinations)})"
    return {
        "notice_id": _id("notice", "n"),
        "number": f"CASE WHEN {_notice_state()} = 'waiting' THEN 0 ELSE 1 END",  # what waits was never tried
        "limit_key": f"{limit} || {limit}",
        "at_ms": _time("n", "notice", now),
        "ended_at_ms": f"{_time('n', 'notice', now)} + 400",
        "fate": "'sent'",
        "reason": "'HTTP 200'",
    }


def _document(group: str) -> str:
    """What is told of a verdict; about as long as in life."""
    verdict = _id("event", f"({group} * 2)")
    return (
        f"json_build_object('platform', 'taobao', 'listing_id', 'L' || {group}, 'verdict', 'infringing', "
        f"'verdict_id', {verdict}, 'title', repeat('z', 300))::text"
    )


def _notice_state() -> str:
    return _one_of("n", "notice state", ("sent",) * 88 + ("withdrawn",) * 6 + ("waiting",) * 5 + ("dead",))


def group_id_of(number: str) -> str:
    return f"md5('group' || {number})::uuid::text"


def _id(word: str, number: str) -> str:
    return f"md5('{word}' || {number})::uuid::text"


def _right(group: str, amount: Amount) -> str:
    return f"('R' || {_leading(group, 'right', amount.rights)})"


def _seller(group: str, amount: Amount) -> str:
    return f"('taobao:s' || {_leading(group, 'seller', amount.sellers)})"


def _region(group: str) -> str:
    """One of four thousand districts."""
    return f"({_chance(group, 'region')} % 4000 + 440000)::text"


def _chance(number: str, word: str) -> str:
    """A whole number from 0 on."""
    return f"(hashtextextended('{word}' || ({number}), 0) & 9223372036854775807)"


def _leading(number: str, word: str, many: int) -> str:
    """A whole number from 1 to `many`; one and two each come as often as a thousand to two thousand together."""
    return f"least({many}, floor(power({many}, {_chance(number, word)} / 9223372036854775807.0::float8)))::int"


def _one_of(number: str, word: str, names: Sequence[str]) -> str:
    return f"(ARRAY{list(names)})[{_chance(number, word)} % {len(names)} + 1]"


def _time(number: str, word: str, now: int) -> str:
    return f"({now} - {_chance(number, word + ' time')} % {DAYS * DAY_MS})"
