"""A small market that looks real, for pages that people look at: invented brands and shops, judged and unjudged."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboards.access.granting import granted
from dashboards.access.principal import Principal
from dashboards.access.roles import Role
from detectors.records import Alert
from detectors.watchlist.builder import WatchlistBuilder
from sinks.lead_codes import ALERT, LeadSettings
from sinks.notices.events import event_of
from sinks.operational.allow_store import AllowStore
from sinks.operational.audit_store import AuditStore
from sinks.operational.lead_records import Cause, LeadQuery
from sinks.operational.lead_store import LeadStore
from sinks.operational.notice_store import NoticeStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import Actor
from sinks.settings import OperationalSettings
from streams.leads.drafting import about_of, drafts_of
from tests.dashboards.judged import judged_offers, proposed
from tests.dashboards.principals import principal
from tests.dashboards.service import Stores, offer, quick_accounts
from tests.sinks.notice_world import GONE, TAKEN, draft

SINCE = {"status": "granted", "status_as_of": "2026-11-01", "expires_on": "2036-03-01", "territories": ["CN"]}
RIGHTS: list[dict[str, Any]] = [
    {
        "right_id": "CN-TM-90000001",
        "kind": "trademark",
        "office": "CN",
        "number": "90000001",
        "title": "LUMORA",
        "holder": {"id": "h1", "name": "Lumora Leather Co."},
        "classes": ["18"],
        "marks": ["LUMORA", "露摩拉"],
        "usual_price": {"amount": "899.00", "currency": "CNY"},
        "licensees": [{"seller_id": "bags-and-more", "platforms": ["taobao"], "to": "2027-12-31"}],
        **SINCE,
    },
    {
        "right_id": "CN-TM-1002",
        "kind": "trademark",
        "office": "CN",
        "number": "1002",
        "title": "QUILLON",
        "holder": {"id": "h2", "name": "Quillon Pens Ltd"},
        "classes": ["16"],
        "marks": ["Quillon"],
        **SINCE,
    },
    {
        "right_id": "CN-TM-90000003",
        "kind": "trademark",
        "office": "CN",
        "number": "90000003",
        "title": "VELTANO",
        "holder": {"id": "h3", "name": "Veltano Sport GmbH"},
        "classes": ["25"],
        "marks": ["VELTANO", "维塔诺"],
        **SINCE,
    },
]


def shop(number: int, name: str, region: str) -> dict[str, Any]:
    return {"id": f"s{number}", "name": name, "region": region}


OFFERS: list[dict[str, Any]] = [
    offer(2001, "高仿 露摩拉 真皮 手提包 女", price="129.00", currency="CNY", seller=shop(1, "小店精品", "440305")),
    offer(2002, "LUМ0RА leather tote bag", price="199.00", currency="CNY", seller=shop(2, "Leather Lane", "350300")),
    offer(2003, "VELTANO 运动鞋 高仿 1:1", price="99.00", currency="CNY", seller=shop(3, "晋江鞋业", "350582")),
    offer(2004, "V E L T A N O running shoes, replica", price="88.00", seller=shop(3, "晋江鞋业", "350582")),
    offer(2005, "Qu1llon fountain pen, gift box", price="15.00", seller=shop(4, "文具批发", "330782")),
    offer(2006, "露摩拉 手提包 复刻 专柜品质", price="160.00", currency="CNY", seller=shop(1, "小店精品", "440305")),
    offer(2007, "VELTAN0 hoodie", price="45.00", seller=shop(5, "Street Wear 88", "440106")),
]
ADMIN = "mei.chen"
PICTURE = "0f" * 32


@dataclass(frozen=True)
class Shown:
    stores: Stores
    alert: Alert
    admin: Principal


def shown_world(stores: Stores, operational: OperationalSettings, *more: dict[str, Any]) -> Shown:
    """Fill empty stores; `more` are further offers, which come last and are the newest. `alert` is of the newest."""
    builder = WatchlistBuilder()
    with closing(RightsStore(operational)) as rights:
        for right in RIGHTS:
            revision = rights.apply([{"op": "put", "right": right}])
            builder.apply({"revision": revision, "op": "put", "right": right})
    stores = replace(stores, operational=operational, watchlist=builder.build())
    judged_offers(stores)
    proposed(stores)
    now = datetime.now(UTC)
    alerts: list[Alert] = []
    for number, one in enumerate([*OFFERS, *more]):
        alerts += stores.seen(one, at=now - timedelta(seconds=10 * (len(OFFERS) + len(more) - number)))
    led(operational, alerts, now)
    with closing(AllowStore(operational)) as allow:
        allow.allow(PICTURE, by=ADMIN, now=now, note="the platform's own placeholder")
    admin = principal(Role.ADMINISTRATOR)
    with closing(quick_accounts(operational)) as accounts, closing(AuditStore(operational)) as audit:
        people: tuple[tuple[str, list[str], dict[str, Any]], ...] = (
            ("wei.zhang", ["operator"], {}),
            ("lin.huang", ["reviewer"], {}),
            ("lumora.legal", ["rights_holder"], {"holders": ["h1"]}),
            ("fujian.office", ["enforcement"], {"regions": ["35"]}),
            (ADMIN, ["administrator"], {}),
        )
        for name, roles, limits in people:
            account = accounts.create(name, granted(roles=roles, **limits), now=now, password="a long word 9 of ours")
            audit.append(
                by_id="root", by_name=ADMIN, action="account.create", subject=name, detail={"roles": roles}, now=now
            )
            admin = replace(admin, account_id=account.account_id, name=name)
        audit.append(
            by_id="root",
            by_name="wei.zhang",
            action="verdict.give",
            subject=alerts[0].group_id,
            detail={"verdict": "infringing", "reason_code": "counterfeit"},
            now=now,
        )
    told(operational, alerts, now)
    return Shown(stores, alerts[-1], admin)


def told(operational: OperationalSettings, alerts: Sequence[Alert], now: datetime) -> None:
    """Two destinations: one took what it was told, the other wants no more."""
    ago = now - timedelta(minutes=5)
    with closing(NoticeStore(operational)) as outbox:
        for name, kind, address in (
            ("Lumora legal", "webhook", "https://hooks.example/in"),
            ("钉钉值班群", "dingtalk", "https://oapi.example/robot/send?access_token=word"),
        ):
            outbox.destinations.add(draft(name=name, kind=kind, address=address, language="zh"), ADMIN, ago)
        events = (
            event_of(one.to_json(), event="alert", key=f"alert:{one.alert_id}", at=now - timedelta(minutes=1))
            for one in alerts[-3:]
        )
        outbox.collected("alert", events, now)
        for destination, answer in zip(outbox.destinations.all(None, now), (TAKEN, GONE), strict=True):
            while taken := outbox.take(destination.destination_id, now):
                outbox.settle(taken, answer, now, 0.5)


def led(operational: OperationalSettings, alerts: Sequence[Alert], now: datetime) -> None:
    """Leads of all alerts: the first waits for a person, one is sent and complained about."""
    with closing(LeadStore(operational, LeadSettings())) as leads:
        for number, alert in enumerate(alerts):
            document = alert.to_json()
            if number == 0:
                document["seller"] = {**alert.seller, "region": "440000"}
            cause = Cause(because=ALERT, key=f"alert:{alert.alert_id}", send_after=now + timedelta(minutes=8))
            right = {"office": "CN"}
            leads.make(about_of([document]), drafts_of([document], right, None), cause, now)
        sent = leads.send(
            leads.find(LeadQuery(recipient="enforcement")).leads[0].lead_id, now, lambda _connection, _lead: None
        )
        assert sent is not None
        who = Actor("a1", "wei.zhang")
        leads.takedown(sent.lead_id, "submitted", who, now, on=now, note="T-2041", version=sent.version)
