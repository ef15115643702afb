"""Every route of the web process, and how another's data could be asked of it. A route that is missing fails a test.

A try is a request that names what is theirs (see two_holders.py), in every place where a route takes a name. Where a
route is not about anybody's data it has one harmless try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import orjson

from detectors.records import timestamp_text
from tests.dashboards.two_holders import OWN_RIGHT, SECRET, SHENZHEN, THEIR_OFFER, THEIR_RIGHT, World

JSON = {"Content-Type": "application/json"}
NO_ACCOUNT = "0" * 32
NOBODY = "00000000-0000-5000-8000-000000000000"


@dataclass(frozen=True)
class Try:
    """One request. `missing` is the same about what was never there: both must get the same answer."""

    path: str
    missing: str | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def asking(path: str, *queries: str) -> tuple[Try, ...]:
    return tuple(Try(f"{path}?{query}" if query else path) for query in ("", *queries))


def sending(path: str, document: Any, missing: str | None = None) -> Try:
    return Try(path, missing, orjson.dumps(document), JSON)


def accounts(world: World) -> dict[tuple[str, str], tuple[Try, ...]]:
    """The routes of accounts, sessions and keys: another's account is nobody's but an administrator's."""
    theirs, nobody = f"/api/v1/accounts/{world.account}", f"/api/v1/accounts/{NO_ACCOUNT}"
    key = f"keys/{world.key}"
    return {
        ("GET", "/api/v1/session"): asking("/api/v1/session"),
        ("POST", "/api/v1/session"): (sending("/api/v1/session", {"name": f"{SECRET}-person", "password": "x"}),),
        ("DELETE", "/api/v1/session"): asking("/api/v1/session"),
        ("PUT", "/api/v1/session/password"): (sending("/api/v1/session/password", {}),),
        ("GET", "/api/v1/accounts"): asking("/api/v1/accounts"),
        ("POST", "/api/v1/accounts"): (sending("/api/v1/accounts", {}),),
        ("GET", "/api/v1/accounts/{account_id}"): (Try(theirs, nobody),),
        ("PUT", "/api/v1/accounts/{account_id}"): (sending(theirs, {"roles": ["operator"]}, nobody),),
        ("POST", "/api/v1/accounts/{account_id}/unlock"): (sending(f"{theirs}/unlock", {}, f"{nobody}/unlock"),),
        ("POST", "/api/v1/accounts/{account_id}/password"): (sending(f"{theirs}/password", {}, f"{nobody}/password"),),
        ("GET", "/api/v1/accounts/{account_id}/keys"): (Try(f"{theirs}/keys", f"{nobody}/keys"),),
        ("POST", "/api/v1/accounts/{account_id}/keys"): (
            sending(f"{theirs}/keys", {"label": "x", "scopes": ["alerts.read"]}, f"{nobody}/keys"),
        ),
        ("DELETE", "/api/v1/accounts/{account_id}/keys/{key_id}"): (Try(f"{theirs}/{key}", f"{nobody}/{key}"),),
        ("GET", "/sign-in"): asking("/sign-in"),
        ("GET", "/account"): asking("/account"),
        ("GET", "/accounts"): asking("/accounts"),
    }


def judging(world: World) -> dict[tuple[str, str], tuple[Try, ...]]:
    """The routes of the queue and of verdicts."""
    group, alert = world.theirs.group_id, world.theirs.alert_id
    guilty, note = {"verdict": "infringing", "reason_code": "counterfeit"}, {"note": "x", "version": 0}
    until = timestamp_text(datetime.now(UTC) + timedelta(hours=1))
    groups = {"group_ids": [group]}
    seller, right = f"taobao:{SECRET}-shop", THEIR_RIGHT["right_id"]
    filters = (
        f"text={SECRET}",
        f"right_id={quote(right)}",
        f"seller={quote(seller)}",
        *(f"state={state}" for state in ("mine", "review", "expert", "shelved", "closed")),
        f"cause_by=seller&cause={quote(seller)}",
        f"cause_by=right&cause={quote(right)}",
    )

    def on_group(action: str, document: dict[str, Any]) -> tuple[Try, ...]:
        return (sending(f"/api/v1/groups/{group}/{action}", document, f"/api/v1/groups/{NOBODY}/{action}"),)

    return {
        ("GET", "/api/v1/queue"): asking("/api/v1/queue", *filters),
        ("GET", "/api/v1/queue/causes"): asking(
            "/api/v1/queue/causes?by=seller", "by=seller", "by=right", "by=fingerprint"
        ),
        ("POST", "/api/v1/queue/claim"): (
            sending("/api/v1/queue/claim", groups),
            sending("/api/v1/queue/claim", {"next": True, "text": SECRET}),
        ),
        ("POST", "/api/v1/queue/release"): (sending("/api/v1/queue/release", groups),),
        ("POST", "/api/v1/queue/shelve"): tuple(
            sending("/api/v1/queue/shelve", {**what, "until": until, "note": "x"})
            for what in (groups, {"right_id": right}, {"seller": seller})
        ),
        ("POST", "/api/v1/queue/unshelve"): tuple(
            sending("/api/v1/queue/unshelve", what) for what in (groups, {"right_id": right}, {"seller": seller})
        ),
        ("GET", "/api/v1/groups/{group_id}"): (Try(f"/api/v1/groups/{group}", f"/api/v1/groups/{NOBODY}"),),
        ("POST", "/api/v1/groups/{group_id}/undo"): on_group("undo", {"version": 0}),
        ("POST", "/api/v1/groups/{group_id}/ask_expert"): on_group("ask_expert", note),
        ("POST", "/api/v1/groups/{group_id}/opinion"): on_group("opinion", note),
        ("POST", "/api/v1/groups/{group_id}/review"): on_group("review", {**guilty, "version": 0}),
        ("POST", "/api/v1/verdicts"): (
            sending("/api/v1/verdicts", {**groups, **guilty, "versions": {group: 0}}),
            sending(
                "/api/v1/verdicts",
                {
                    "group_ids": [world.own.group_id],
                    "alerts": {world.own.group_id: alert},
                    "versions": {world.own.group_id: 0},
                    **guilty,
                },
            ),
        ),
        ("GET", "/api/v1/verdicts/export"): asking("/api/v1/verdicts/export", "format=jsonl"),
        ("POST", "/api/v1/alerts/{alert_id}/verdict"): (
            sending(f"/api/v1/alerts/{alert}/verdict", guilty, f"/api/v1/alerts/{NOBODY}/verdict"),
        ),
        ("POST", "/api/v1/screened/{alert_id}/verdict"): (
            sending(f"/api/v1/screened/{world.screened}/verdict", guilty, f"/api/v1/screened/{NOBODY}/verdict"),
        ),
        ("GET", "/api/v1/views"): asking("/api/v1/views"),
        ("PUT", "/api/v1/views/{name}"): (sending("/api/v1/views/mine", {"query": ""}),),
        ("DELETE", "/api/v1/views/{name}"): (Try("/api/v1/views/other", "/api/v1/views/another"),),
    }


def leads(world: World) -> dict[tuple[str, str], tuple[Try, ...]]:
    """The routes of leads."""
    theirs, nobody = f"/api/v1/leads/{world.lead}", f"/api/v1/leads/{NOBODY}"
    right, seller = quote(THEIR_RIGHT["right_id"]), quote(f"taobao:{SECRET}-shop")
    takedown, place = {"state": "submitted", "version": 1}, {"code": SHENZHEN, "version": 1}
    policy = {"kind": "trademark", "sending": "at_once"}
    return {
        ("GET", "/api/v1/leads"): asking(
            "/api/v1/leads", f"right_id={right}", f"seller={seller}", f"group_id={world.theirs.group_id}"
        ),
        ("GET", "/leads"): asking("/leads"),
        ("GET", "/api/v1/leads/policy"): asking("/api/v1/leads/policy"),
        ("PUT", "/api/v1/leads/policy"): (
            sending("/api/v1/leads/policy", policy),
            sending("/api/v1/leads/policy", {**policy, "holder_id": "h-of-nobody"}),
        ),
        ("GET", "/api/v1/leads/{lead_id}"): (Try(theirs, nobody),),
        ("PUT", "/api/v1/leads/{lead_id}/takedown"): (sending(f"{theirs}/takedown", takedown, f"{nobody}/takedown"),),
        ("GET", "/api/v1/leads/{lead_id}/complaint"): (Try(f"{theirs}/complaint", f"{nobody}/complaint"),),
        ("POST", "/api/v1/leads/{lead_id}/complaint"): (
            sending(f"{theirs}/complaint", {"acknowledged": True}, f"{nobody}/complaint"),
        ),
        ("PUT", "/api/v1/leads/{lead_id}/place"): (sending(f"{theirs}/place", place, f"{nobody}/place"),),
    }


def telling(world: World) -> dict[tuple[str, str], tuple[Try, ...]]:
    """The routes of notices: another holder's destination and notice are nobody's."""
    theirs, nobody = (f"/api/v1/destinations/{one}" for one in (world.destination, NOBODY))
    notice, none = (f"/api/v1/notices/{one}" for one in (world.notice, NOBODY))
    destination = {"kind": "webhook", "name": "x", "address": "https://hooks.example/in", "holder": f"{SECRET}-holder"}
    about = (f"alert_id={world.theirs.alert_id}", f"group_id={world.theirs.group_id}")
    filters = (f"destination_id={world.destination}", *about, "state=dead", "limit=500")
    return {
        ("GET", "/api/v1/destinations"): asking("/api/v1/destinations"),
        ("POST", "/api/v1/destinations"): (sending("/api/v1/destinations", destination),),
        ("PUT", "/api/v1/destinations/{destination_id}"): (sending(theirs, {"version": 1, "name": "y"}, nobody),),
        ("DELETE", "/api/v1/destinations/{destination_id}"): (Try(theirs, nobody),),
        ("POST", "/api/v1/destinations/{destination_id}/test"): (Try(f"{theirs}/test", f"{nobody}/test"),),
        ("GET", "/api/v1/notices"): asking("/api/v1/notices", *filters),
        ("GET", "/api/v1/notices/{notice_id}"): (Try(notice, none),),
        ("POST", "/api/v1/notices/{notice_id}/replay"): (Try(f"{notice}/replay", f"{none}/replay"),),
        ("GET", "/notices"): asking("/notices"),
        ("GET", "/unsubscribe/{token}"): asking("/unsubscribe/guessed"),
        ("POST", "/unsubscribe/{token}"): asking("/unsubscribe/guessed"),
    }


def tries(world: World) -> dict[tuple[str, str], tuple[Try, ...]]:
    """By method and the route's canonical path."""
    theirs, picture = world.theirs, world.picture
    right, alert = quote(THEIR_RIGHT["right_id"]), theirs.alert_id
    alert_filters = (
        "limit=500",
        f"right_id={right}",
        f"subject={right}",
        f"group_id={theirs.group_id}",
        f"text={SECRET}",
    )
    return (
        accounts(world)
        | judging(world)
        | leads(world)
        | telling(world)
        | {
            ("GET", "/api/v1/alerts"): asking("/api/v1/alerts", *alert_filters),
            ("GET", "/api/v1/alerts/{alert_id}"): (Try(f"/api/v1/alerts/{alert}", f"/api/v1/alerts/{NOBODY}"),),
            ("GET", "/api/v1/alerts/{alert_id}/pictures/{digest}"): (
                Try(f"/api/v1/alerts/{alert}/pictures/{picture}", f"/api/v1/alerts/{NOBODY}/pictures/{picture}"),
                Try(f"/api/v1/alerts/{world.own.alert_id}/pictures/{picture}"),
            ),
            ("GET", "/api/v1/alerts/{alert_id}/complaint"): tuple(
                Try(f"/api/v1/alerts/{alert}/complaint{query}", f"/api/v1/alerts/{NOBODY}/complaint{query}")
                for query in ("", "?format=json")
            ),
            ("POST", "/api/v1/alerts/{alert_id}/complaint"): (
                sending(
                    f"/api/v1/alerts/{alert}/complaint", {"acknowledged": True}, f"/api/v1/alerts/{NOBODY}/complaint"
                ),
            ),
            ("GET", "/api/v1/screened"): asking("/api/v1/screened", f"right_id={right}"),
            ("GET", "/api/v1/rights"): asking(
                "/api/v1/rights", f"text={SECRET}", f"holder={SECRET}-holder", "withdrawn=true", "after=A"
            ),
            ("GET", "/api/v1/rights/{right_id}"): (Try(f"/api/v1/rights/{right}", "/api/v1/rights/none"),),
            ("PUT", "/api/v1/rights/{right_id}"): (
                sending(f"/api/v1/rights/{right}", {"right": {**THEIR_RIGHT, "title": "mine"}, "based_on": 2}),
                sending(f"/api/v1/rights/{right}", {"right": {**OWN_RIGHT, "right_id": right}, "based_on": 2}),
                sending(
                    "/api/v1/rights/OWN-1",
                    {"right": {**OWN_RIGHT, "holder": {"id": SECRET}}, "based_on": 1},
                ),
            ),
            ("DELETE", "/api/v1/rights/{right_id}"): (
                Try(f"/api/v1/rights/{right}?based_on=2&reason=x", "/api/v1/rights/none?based_on=2&reason=x"),
            ),
            ("GET", "/api/v1/rights/{right_id}/history"): (
                Try(f"/api/v1/rights/{right}/history", "/api/v1/rights/none/history"),
            ),
            ("GET", "/api/v1/rights/{right_id}/pictures/{digest}"): (
                Try(f"/api/v1/rights/{right}/pictures/{picture}", f"/api/v1/rights/none/pictures/{picture}"),
                Try(f"/api/v1/rights/OWN-1/pictures/{picture}"),
            ),
            ("POST", "/api/v1/rights/{right_id}/pictures"): (Try(f"/api/v1/rights/{right}/pictures"),),
            ("POST", "/api/v1/rights/{right_id}/preview"): (
                sending(f"/api/v1/rights/{right}/preview", {"right": THEIR_RIGHT}),
                sending(f"/api/v1/rights/{right}/preview", {"right": None}, "/api/v1/rights/none/preview"),
            ),
            ("GET", "/api/v1/figures"): asking("/api/v1/figures"),
            ("POST", "/api/v1/calibration"): (sending("/api/v1/calibration", {}),),
            ("GET", "/api/v1/allow"): asking("/api/v1/allow"),
            ("POST", "/api/v1/allow"): (sending("/api/v1/allow", {}),),
            ("GET", "/api/v1/allow/{pdq}"): asking(f"/api/v1/allow/{'0f' * 32}"),
            ("DELETE", "/api/v1/allow/{pdq}"): asking(f"/api/v1/allow/{'0f' * 32}"),
            ("GET", "/api/v1/dead"): asking("/api/v1/dead"),
            ("POST", "/api/v1/dead"): (sending("/api/v1/dead", {}),),
            ("GET", "/api/v1/dead/counts"): asking("/api/v1/dead/counts"),
            ("GET", "/api/v1/dead/{letter_id}"): asking("/api/v1/dead/none"),
            ("GET", "/api/v1/audit"): asking("/api/v1/audit", f"subject={right}"),
            ("POST", "/api/v1/check"): (
                sending("/api/v1/check", THEIR_OFFER),
                sending("/api/v1/check", {"title": "VANTABRUME bags", "seller": {"region": SHENZHEN}}),
            ),
            ("GET", "/api/v1/live"): (),  # endless: the test of the live stream reads it
            ("GET", "/api/v1/openapi.json"): asking("/api/v1/openapi.json"),
            ("GET", "/livez"): asking("/livez"),
            ("GET", "/readyz"): asking("/readyz"),
            ("GET", "/metrics"): asking("/metrics"),
            ("GET", "/static/{version}/{path}"): asking("/static/none/none.js"),
            ("GET", "/"): asking("/", f"text={SECRET}"),
            ("GET", "/alerts/{alert_id}"): (Try(f"/alerts/{alert}"),),
            ("GET", "/queue"): asking("/queue"),
            ("GET", "/check"): asking("/check"),
            ("GET", "/rights"): asking("/rights", f"text={SECRET}"),
            ("GET", "/rights/{right_id}"): (Try(f"/rights/{right}"),),
            ("GET", "/new-right"): asking("/new-right"),
            ("GET", "/pictures"): asking("/pictures"),
            ("GET", "/dead"): asking("/dead"),
            ("GET", "/screened"): asking("/screened"),
            ("GET", "/api/v1/screened/next"): asking("/api/v1/screened/next"),
            ("GET", "/figures"): asking("/figures"),
            ("GET", "/reports"): asking("/reports"),
            ("GET", "/api/v1/reports/{month}"): asking(
                f"/api/v1/reports/{datetime.now(UTC):%Y-%m}", "format=html", "format=csv&table=by_right", "hours=0"
            ),
            ("GET", "/audit"): asking("/audit"),
        }
    )
