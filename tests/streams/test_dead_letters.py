"""Dead letters at the desk: found, sent again whole or refused, discarded, and what came of them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from detectors.decode import decode_page
from detectors.paging import pages
from detectors.records import Page
from sinks.clickhouse.connection import Connection
from sinks.clickhouse.dead_letters import DeadLetters
from sinks.clickhouse.dead_query import DeadQuery, parse_letter_id
from sinks.clickhouse.migrate import migrate
from sinks.clickhouse.writer import TableWriter
from sinks.errors import StoreRefused
from sinks.settings import ClickHouseSettings
from streams.dead.content import NotWhole
from streams.dead.counting import MOST_REASONS, DeadLetterCount
from streams.dead.desk import MOST_AT_ONCE
from streams.embedded import Endpoints
from streams.errors import BrokerError
from streams.metrics import DeadLetterMetrics
from streams.pipeline import screen_page
from tests.streams.dead_world import START, TOPICS, DeadWorld, offer, page, watchlist

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WHO: Any = {"by": "somebody", "now": NOW}
BAD = b'{"platform":"taobao","listing_id":"7"}'
LONG = BAD[:-1] + b',"description":"' + b"x" * 200_000 + b'"}'


@pytest.fixture(scope="module")
def kept(stack: Endpoints) -> Iterator[DeadWorld]:
    """Made once: a new schema takes longer than most of these tests."""
    settings = ClickHouseSettings(
        host="127.0.0.1",
        port=stack.clickhouse_port or 0,
        user=stack.clickhouse_user or "",
        password=stack.clickhouse_password or "",
        database=f"dead_{uuid.uuid4().hex}",
    )
    migrate(settings)
    yield DeadWorld(settings)
    with Connection(settings, database="default") as connection:
        connection.command(f"DROP DATABASE {settings.database}")


@pytest.fixture
def dead(kept: DeadWorld) -> DeadWorld:
    with Connection(kept.clickhouse) as connection:
        for table in ("pages", "dead_letters", "dead_letter_decisions", "screenings"):
            connection.command(f"TRUNCATE TABLE {table}")
    return DeadWorld(kept.clickhouse)


@given(st.text())
def test_any_text_is_an_id_or_is_refused(text: str) -> None:
    try:
        place = parse_letter_id(text)
    except StoreRefused:
        return
    assert set(place) == {"moment", "partition", "offset", "line", "digest", "topic"}


def test_letters_are_listed_newest_first_page_by_page_and_each_once(dead: DeadWorld) -> None:
    ids = [dead.seen(page(offer(1), BAD, b"no json", offset=at, after=timedelta(minutes=at))) for at in range(3)]
    dead.seen(page(offer(1), BAD, b"no json", offset=2, after=timedelta(minutes=2)))  # delivered again
    first = dead.desk.page(DeadQuery(limit=4))
    rest = dead.desk.page(DeadQuery(limit=4, before_id=first[-1]["letter_id"]))
    wanted = [letter_id for pair in reversed(ids) for letter_id in reversed(pair)]
    assert [one["letter_id"] for one in first + rest] == wanted
    assert {one["state"] for one in first} == {"open"}
    assert (first[0]["excerpt"], first[0]["reason"], first[0]["line"]) == ("no json", "not_json", 3)


def test_letters_are_chosen_by_reason_topic_time_and_state(dead: DeadWorld) -> None:
    (no_title, not_json) = dead.seen(page(offer(1), BAD, b"no json"))
    other = dead.store([replace(decode_page(page(b"[]", offset=9)).dead_letters[0], topic="other")])[0]

    def chosen(**filters: object) -> set[str]:
        return {one["letter_id"] for one in dead.desk.page(DeadQuery(**filters))}  # type: ignore[arg-type]

    assert chosen(reason="no_title") == {no_title}
    assert chosen(topic="other") == {other}
    assert chosen(after=START + timedelta(milliseconds=1)) == set()
    assert chosen(after=START, before=START + timedelta(milliseconds=1)) == {no_title, not_json, other}
    dead.desk.discard([not_json], note="noise", **WHO)
    assert chosen(state="open") == {no_title, other}
    assert chosen(state="discarded") == {not_json}


@pytest.mark.parametrize("query", [
    DeadQuery(limit=0), DeadQuery(state="held"), DeadQuery(before_id="7"), DeadQuery(after=datetime(2026, 1, 1)),  # noqa: DTZ001
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(dead: DeadWorld, query: DeadQuery) -> None:
    with pytest.raises(StoreRefused):
        dead.desk.page(query)


@pytest.mark.asyncio
async def test_a_line_is_sent_again_as_a_page_of_its_own_that_decodes_alike(dead: DeadWorld) -> None:
    utf_16_like = b"{\0 no json"  # on a page of its own these bytes would be taken for UTF-16
    ids = dead.seen(page(offer(1), utf_16_like))
    (result,) = await dead.desk.retry(ids, note="after the fix", **WHO)
    assert (result.status, result.detail) == ("retried", "head")
    (message,) = dead.publisher.messages
    assert (message.topic, message.value) == (TOPICS.listings, b"\n" + utf_16_like)
    (again,) = decode_page(Page(message.value, START)).dead_letters
    letter = dead.letter(ids[0])
    assert (again.sha256, again.reason) == (letter["sha256"], letter["reason"])
    decision = letter["decision"]
    assert (decision["by"], decision["note"]) == ("somebody", "after the fix")
    assert decision["at"] == "2026-11-22T09:00:00.000Z"
    assert decision["sent"]["offset"] == 100


@pytest.mark.asyncio
async def test_a_line_longer_than_its_head_is_sent_again_whole_from_its_stored_page(dead: DeadWorld) -> None:
    ids = dead.seen(page(offer(1), LONG))
    assert dead.letter(ids[0])["whole"] == {"source": "page", "bytes": len(LONG), "why_not": ""}
    (result,) = await dead.desk.retry(ids, **WHO)
    assert (result.status, result.detail) == ("retried", "page")
    assert dead.publisher.messages[0].value == b"\n" + LONG
    assert await dead.desk.content(ids[0]) == LONG


@pytest.mark.asyncio
async def test_a_line_whose_page_is_gone_is_taken_from_the_topic(dead: DeadWorld) -> None:
    one = page(offer(1), LONG, offset=5)
    ids = dead.seen(one, keep_page=False)
    dead.records[TOPICS.listings, 0, 5] = one.body
    assert [result.status for result in await dead.desk.retry(ids, **WHO)] == ["retried"]
    assert dead.publisher.messages[0].value == b"\n" + LONG


@pytest.mark.asyncio
async def test_a_line_of_which_only_the_head_is_left_is_refused_with_the_reason(dead: DeadWorld) -> None:
    ids = dead.seen(page(offer(1), LONG, offset=5), keep_page=False)
    dead.records[TOPICS.listings, 0, 5] = b"another message, the topic was made anew"
    (result,) = await dead.desk.retry(ids, **WHO)
    assert result.status == "refused"
    assert "only the first 65,536 of 200,0" in result.detail
    assert "its page is not in the store" in result.detail
    assert dead.publisher.messages == []
    assert dead.letter(ids[0])["state"] == "open"
    with pytest.raises(NotWhole):
        await dead.desk.content(ids[0])


@pytest.mark.asyncio
async def test_a_line_that_the_feed_cut_says_so(dead: DeadWorld) -> None:
    (body,) = pages([BAD[:-1] + b',"description":"' + b"x" * 1_000_000])
    ids = dead.seen(page(body))
    (result,) = await dead.desk.retry(ids, **WHO)
    assert result.status == "refused"
    assert "the feed cut the line before it sent the page" in result.detail


@pytest.mark.asyncio
async def test_a_letter_of_an_older_program_finds_its_page_by_the_proof(dead: DeadWorld) -> None:
    one = page(offer(1), LONG)
    letter = replace(decode_page(one).dead_letters[0], page="")
    with TableWriter(dead.clickhouse) as table:
        table.insert_pages([one])
        table.insert_screenings([{
            "page": one.digest, "topic": one.topic, "partition": 0, "offset": 0, "observed_at": "2026-11-21T10:00:00Z",
            "revision": 1, "versions": {}, "screened": {}, "warnings": {}, "worker": "w",
            **dict.fromkeys(("listings", "matches", "alerts", "dead"), 1),
        }])  # fmt: skip
    ids = dead.store([letter])
    assert dead.letter(ids[0])["trace_id"] is None
    assert [result.detail for result in await dead.desk.retry(ids, **WHO)] == ["page"]


@pytest.mark.asyncio
async def test_a_page_that_failed_is_sent_again_as_it_was_and_what_came_of_it_is_shown(dead: DeadWorld) -> None:
    one = page(offer(1), offer(2), BAD, *(offer(n, description="x" * 90_000) for n in range(3, 6)))
    with TableWriter(dead.clickhouse) as table:
        table.insert_pages([one])
    letter_id = dead.failed(one)
    assert (await dead.desk.retry([letter_id], **WHO))[0].status == "retried"
    assert dead.publisher.messages[0].value == one.body
    assert dead.letter(letter_id)["outcome"]["state"] == "waiting"
    dead.screen_sent()
    outcome = dead.letter(letter_id)["outcome"]
    assert (outcome["state"], outcome["listings"], outcome["alerts"]) == ("screened", 5, 5)
    assert len(outcome["dead_letters"]) == 1


@pytest.mark.asyncio
async def test_a_letter_that_is_dead_again_names_the_new_one(dead: DeadWorld) -> None:
    (letter_id,) = dead.seen(page(offer(1), BAD))
    await dead.desk.retry([letter_id], **WHO)
    dead.screen_sent()
    outcome = dead.letter(letter_id)["outcome"]
    assert outcome["state"] == "dead_again"
    (new,) = outcome["dead_letters"]
    assert (dead.letter(new)["state"], dead.letter(new)["sha256"]) == ("open", dead.letter(letter_id)["sha256"])


@pytest.mark.asyncio
async def test_an_earlier_screening_at_the_same_place_is_no_outcome(dead: DeadWorld) -> None:
    """An embedded broker counts from 0 again, and the same page may have been there before."""
    one = page(offer(1))
    letter_id = dead.failed(one)
    await dead.desk.retry([letter_id], **WHO)
    dead.screen_sent(after=-timedelta(hours=1))
    assert dead.letter(letter_id)["outcome"]["state"] == "waiting"


@pytest.mark.asyncio
async def test_pictures_of_a_page_that_failed_are_asked_for_by_the_whole_page(dead: DeadWorld) -> None:
    whole = page(offer(1), *(offer(n, description="x" * 90_000) for n in range(2, 5)))
    with TableWriter(dead.clickhouse) as table:
        table.insert_pages([whole])
    some = Page(b"\n" + b"\n".join(whole.body.split(b"\n")[1:]), START, TOPICS.listings, 0, 0, of=whole.digest)
    letter_id = dead.failed(some, "pictures_failed")
    (result,) = await dead.desk.retry([letter_id], **WHO)
    assert (result.status, result.detail) == ("retried", "whole_page")
    assert dead.publisher.messages[0].value == whole.body


@pytest.mark.asyncio
async def test_a_record_of_another_topic_goes_back_to_that_topic(dead: DeadWorld) -> None:
    short = Page(b'{"alert_id": 7}', START, TOPICS.alerts, 1, 4)
    long = Page(b'{"alert_id": "' + b"7" * 100_000, START, TOPICS.alerts, 1, 5)
    strange = Page(b"{}", START, "somebody.else", 0, 6)
    ids = [dead.failed(one, "alerts_unreadable") for one in (short, long, strange)]
    dead.records[TOPICS.alerts, 1, 5] = long.body
    results = await dead.desk.retry(ids, **WHO)
    assert [(one.status, one.detail) for one in results[:2]] == [("retried", "head"), ("retried", "topic")]
    assert results[2].status == "refused"
    assert [(one.topic, one.value) for one in dead.publisher.messages] == [
        (TOPICS.alerts, short.body),
        (TOPICS.alerts, long.body),
    ]


@pytest.mark.asyncio
async def test_what_is_decided_twice_is_done_once(dead: DeadWorld) -> None:
    first, second = dead.seen(page(offer(1), BAD, b"no json"))
    await dead.desk.retry([first, first], **WHO)
    assert [one.status for one in await dead.desk.retry([first], **WHO)] == ["already"]
    assert [one.status for one in dead.desk.discard([second, second], note="noise", **WHO)] == ["discarded"]
    assert [one.status for one in dead.desk.discard([second], note="noise", **WHO)] == ["already"]
    assert len(dead.publisher.messages) == 1
    assert len(dead.letter(second)["decisions"]) == 1
    assert [one.status for one in await dead.desk.retry([first], again=True, **WHO)] == ["retried"]


@pytest.mark.asyncio
async def test_two_people_who_decide_at_once_do_no_harm(dead: DeadWorld) -> None:
    ids = dead.seen(page(offer(1), BAD, b"no json", b"[]"))
    results = await asyncio.gather(*(dead.desk.retry(ids, by=by, now=NOW) for by in ("a", "b")))
    assert {one.status for result in results for one in result} <= {"retried", "already"}
    assert {message.value for message in dead.publisher.messages} == {b"\n" + BAD, b"\nno json", b"\n[]"}
    assert {one["state"] for one in dead.desk.page(DeadQuery())} == {"retried"}
    digests = {Page(message.value, START).digest for message in dead.publisher.messages}
    assert len(digests) == 3  # what is sent twice is the same page, whose alerts have the same ids


def test_a_changed_mind_stays_visible(dead: DeadWorld) -> None:
    (letter_id,) = dead.seen(page(offer(1), BAD))
    asyncio.run(dead.desk.retry([letter_id], by="a", now=NOW))
    dead.desk.discard([letter_id], by="b", now=NOW + timedelta(hours=1), note="noise")
    letter = dead.letter(letter_id)
    assert (letter["state"], [one["by"] for one in letter["decisions"]]) == ("discarded", ["a", "b"])


def test_a_discard_without_a_reason_is_refused(dead: DeadWorld) -> None:
    (letter_id,) = dead.seen(page(offer(1), BAD))
    with pytest.raises(StoreRefused, match="note: say why"):
        dead.desk.discard([letter_id], note="  ", **WHO)
    assert dead.letter(letter_id)["state"] == "open"


@pytest.mark.asyncio
async def test_when_the_broker_fails_what_was_sent_is_kept_as_sent_and_the_rest_stays_open(dead: DeadWorld) -> None:
    ids = dead.seen(page(offer(1), BAD, b"no json"))
    dead.publisher.takes = 1
    with pytest.raises(BrokerError):
        await dead.desk.retry(ids, **WHO)
    assert [dead.letter(one)["state"] for one in ids] == ["retried", "open"]


@pytest.mark.asyncio
async def test_what_is_unknown_or_too_large_or_too_many_is_said(dead: DeadWorld) -> None:
    (letter_id,) = dead.seen(page(offer(1), BAD))
    unknown = letter_id.replace(".", "0.", 1)
    assert [one.status for one in await dead.desk.retry([unknown], **WHO)] == ["unknown"]
    assert [one.status for one in dead.desk.discard([unknown], note="noise", **WHO)] == ["unknown"]
    dead.publisher.most = 10
    (result,) = await dead.desk.retry([letter_id], **WHO)
    assert (result.status, "max_message_bytes" in result.detail) == ("refused", True)
    with pytest.raises(StoreRefused):
        await dead.desk.retry([letter_id.replace(".", f"{n}.", 1) for n in range(MOST_AT_ONCE + 1)], **WHO)


def test_letters_are_counted_by_reason_and_state(dead: DeadWorld) -> None:
    first, second, _ = dead.seen(page(offer(1), BAD, b"no json", b"nor this"))
    asyncio.run(dead.desk.retry([first], **WHO))
    dead.desk.discard([second], note="noise", **WHO)
    counts = {(one["reason"], one["state"]): one["count"] for one in dead.desk.counts()}
    assert counts == {("no_title", "retried"): 1, ("not_json", "discarded"): 1, ("not_json", "open"): 1}


def test_the_metrics_tell_what_waits_and_for_how_long(dead: DeadWorld) -> None:
    registry = CollectorRegistry()
    ids = dead.seen(page(offer(1), BAD, b"no json"))
    with DeadLetters(dead.clickhouse) as store:
        stored_at = min(one.oldest for one in store.open_counts())
        counting = DeadLetterCount(
            read=store.open_counts,
            metrics=DeadLetterMetrics(registry),
            clock=lambda: stored_at.replace(tzinfo=UTC) + timedelta(seconds=90),
        )
        counting.count()
        assert registry.get_sample_value("rightswatch_dead_letters_open", {"reason": "no_title"}) == 1
        assert registry.get_sample_value("rightswatch_dead_letters_open_age_seconds") == 90
        dead.desk.discard(ids, note="noise", **WHO)
        counting.count()
    assert registry.get_sample_value("rightswatch_dead_letters_open", {"reason": "no_title"}) is None
    assert registry.get_sample_value("rightswatch_dead_letters_open_age_seconds") == 0


def test_reasons_without_end_do_not_become_labels_without_end(dead: DeadWorld) -> None:
    registry = CollectorRegistry()
    letter = decode_page(page(BAD)).dead_letters[0]
    dead.store([replace(letter, offset=n, reason=f"reason_{n}") for n in range(MOST_REASONS + 5)])
    with DeadLetters(dead.clickhouse) as store:
        DeadLetterCount(read=store.open_counts, metrics=DeadLetterMetrics(registry), clock=lambda: NOW).count()
    assert registry.get_sample_value("rightswatch_dead_letters_open", {"reason": "other"}) == 5


def test_the_reason_that_a_stranger_writes_into_a_mark_is_not_taken() -> None:
    line = b"[!received reason=buy_now bytes=9 sha256=" + b"0" * 64 + b"] x"
    (letter,) = screen_page(Page(line, START), watchlist()).dead_letters
    assert letter.reason == "not_json"
