"""Notices reach their destinations once, within limits, and nobody's private network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from aiohttp import web

from sinks.errors import StoreRefused
from sinks.notices.webhook import signature
from sinks.operational.notice_records import DINGTALK, FEISHU, WECOM
from sinks.operational.notice_store import NoticeStore
from tests.fetching.net import HOST, Net, https_server
from tests.sinks.notice_world import MINUTE, NOW, TAKEN, draft, event, fates, tell
from tests.streams.notice_desk import Hand, Listener, most_within, notice_store, outside, sender

pytestmark = pytest.mark.asyncio


@pytest.fixture
def store(tmp_path: Path) -> Iterator[NoticeStore]:
    with notice_store(tmp_path) as store:
        yield store


async def test_a_receiver_that_fails_for_an_hour_gets_every_notice_once_also_across_a_kill(store: NoticeStore) -> None:
    net, clock, taken = Net(), Hand(), Counter[str]()

    async def receive(request: web.BaseRequest) -> web.StreamResponse:
        if clock.now < NOW + timedelta(hours=1):
            return web.Response(status=503)
        taken[request.headers["webhook-id"]] += 1
        return web.Response(status=204)

    async with https_server(net, receive) as port, outside(net) as (channels, _):
        to = store.destinations.add(draft(address=f"https://{HOST}:{port}/in"), "ann", NOW)
        tell(store, *(event(number) for number in range(1, 5)))
        sending = sender(store, channels, clock)
        while clock.now < NOW + timedelta(hours=1):
            await sending.send()
            clock.pass_by(minutes=5)
        assert not taken
        tell(store, event(5, at=clock.now))
        killed = store.take(to.destination_id, clock.now)
        assert killed is not None
        await channels.deliver(killed, clock.now)  # and here the sender is killed: nothing is marked
        anew = sender(store, channels, clock)
        while clock.now < NOW + timedelta(hours=4):
            await anew.send()
            clock.pass_by(minutes=5)
    ids = {str(notice["webhook_id"]) for notice in store.notices(None)}
    assert set(taken) == ids
    assert len(ids) == 5
    assert taken.pop(killed.webhook_id) == 2, "sent again after the kill, under its own id"
    assert set(taken.values()) == {1}
    assert {notice["state"] for notice in store.notices(None)} == {"sent"}


async def test_a_webhook_is_signed_and_says_what_happened(store: NoticeStore) -> None:
    net, requests = Net(), list[tuple[dict[str, str], bytes]]()

    async def receive(request: web.BaseRequest) -> web.StreamResponse:
        requests.append((dict(request.headers), await request.read()))
        return web.Response()

    async with https_server(net, receive) as port, outside(net) as (channels, _):
        to = store.destinations.add(draft(address=f"https://{HOST}:{port}/in"), "ann", NOW)
        tell(store, event())
        await sender(store, channels, Hand()).send()
    [(headers, body)] = requests
    document = orjson.loads(body)
    signed = signature(to.secrets[0], headers["webhook-id"], headers["webhook-timestamp"], body)
    assert headers["webhook-signature"] == signed
    assert document["type"] == "alert"
    assert document["data"]["link"] == f"https://watch.example/alerts/{event().alert_id}"


async def test_a_receiver_that_answers_410_is_disabled_and_its_owner_sees_why(store: NoticeStore) -> None:
    net, asked = Net(), list[str]()

    async def receive(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.headers["webhook-id"])
        return web.Response(status=410)

    async with https_server(net, receive) as port, outside(net) as (channels, _):
        store.destinations.add(draft(address=f"https://{HOST}:{port}/in"), "ann", NOW)
        tell(store, event(1), event(2))
        sending = sender(store, channels, Hand())
        await sending.send()
        await sending.send()
    [shown] = store.destinations.all(None, NOW)
    assert (len(asked), shown.is_enabled, shown.disabled_because) == (1, False, "gone: HTTP 410")


async def test_a_redirect_is_not_followed(store: NoticeStore) -> None:
    net, inside = Net(), list[str]()

    async def never(request: web.BaseRequest) -> web.StreamResponse:
        inside.append(request.path)
        return web.Response()

    async with https_server(net, never) as target:

        async def redirect(request: web.BaseRequest) -> web.StreamResponse:
            return web.Response(status=307, headers={"Location": f"https://127.0.0.1:{target}/admin"})

        async with https_server(net, redirect) as port, outside(net) as (channels, _):
            store.destinations.add(draft(address=f"https://{HOST}:{port}/in"), "ann", NOW)
            tell(store, event())
            await sender(store, channels, Hand()).send()
    assert inside == []
    assert fates(store) == {"L1": "waiting HTTP 307"}


PRIVATE = ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "[fd00::1]", "[::ffff:127.0.0.1]", "0x7f.1"]


@pytest.mark.parametrize("host", [*PRIVATE, "localhost", "printer.local", "inside.example", "both.example"])
async def test_a_private_address_is_refused_when_it_is_saved_and_again_when_it_is_sent(
    store: NoticeStore, host: str
) -> None:
    net = Net(names={"inside.example": ["10.0.0.1"], "both.example": ["93.184.216.34", "127.0.0.1"]})
    async with outside(net) as (channels, check):
        with pytest.raises(StoreRefused, match=r"^address: "):
            await check("webhook", f"https://{host}/in?key=s3cret")
        store.destinations.add(draft(address=f"https://{host}/in"), "ann", NOW)
        tell(store, event())
        await sender(store, channels, Hand()).send()
    assert net.opened == [], "no socket was made"
    [notice] = store.notices(None)
    assert notice["state"] == "dead"


async def test_a_name_that_leads_elsewhere_after_it_was_saved_reaches_nobody(store: NoticeStore) -> None:
    net = Net(names={"hooks.example": ["93.184.216.34"]})
    async with outside(net) as (channels, check):
        await check("webhook", "https://hooks.example/in")
        net.names["hooks.example"] = ["127.0.0.1"]
        store.destinations.add(draft(address="https://hooks.example/in"), "ann", NOW)
        tell(store, event())
        await sender(store, channels, Hand()).send()
    assert net.opened == []
    assert fates(store) == {"L1": "dead address"}


# What each robot's makers say that it takes: written out here, so that a limit of ours that grew is seen.
@pytest.mark.parametrize(
    ("kind", "at_once", "per_minute", "per_second"),
    [(DINGTALK, 45, 20, None), (WECOM, 45, 20, None), (FEISHU, 110, 100, 5)],
)
async def test_a_robots_limit_is_never_exceeded_and_all_is_told(
    store: NoticeStore, kind: str, at_once: int, per_minute: int, per_second: int | None
) -> None:
    clock = Hand()
    listener = Listener(clock, TAKEN, seconds=0.05)
    store.destinations.add(draft(kind=kind), "ann", NOW)
    sending = sender(store, listener, clock)
    for minute in range(5):
        if minute in (0, 2):
            tell(store, *(event(minute * 200 + number, at=clock.now) for number in range(1, at_once + 1)))
        until = NOW + (minute + 1) * MINUTE
        while clock.now < until:
            await sending.send()
            clock.pass_by(seconds=4)
    times = [at for at, _ in listener.heard]
    assert most_within(times, timedelta(minutes=1)) <= per_minute
    assert per_second is None or most_within(times, timedelta(seconds=1)) <= per_second
    told = Counter(one.alert_id for _, taken in listener.heard for one in taken.told)
    assert len(told) == 2 * at_once
    assert set(told.values()) == {1}
    if kind == FEISHU:
        assert not [at for at in times if at.minute % 30 == 0], "when everybody's timers go off it refuses"
