"""A world of two holders and two regions: what is the one's, every text of the other's holds SECRET."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dashboards.access.granting import granted
from detectors.pictures.looking import Watched, watch
from detectors.records import Alert, Reason
from detectors.watchlist.builder import WatchlistBuilder
from sinks.clickhouse.picture_rows import EvidenceRow
from sinks.clickhouse.query import ScreenedQuery
from sinks.clickhouse.reader import AlertReader
from sinks.clickhouse.writer import TableWriter
from sinks.lead_codes import ALERT, AT_ONCE, LeadSettings
from sinks.operational.lead_records import Cause, Draft
from sinks.operational.lead_store import LeadStore
from sinks.operational.notice_records import HOLDER, Owner
from sinks.operational.notice_store import NoticeStore
from sinks.operational.picture_store import PictureStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import Actor
from streams.leads.drafting import about_of
from streams.watched_pictures import PictureKeeper
from tests.dashboards.photographed import PICTURE
from tests.dashboards.service import Stores, offer, quick_accounts
from tests.sinks.notice_world import draft, event

NOW = datetime.now(UTC)
SECRET = "vantabrume"
SHENZHEN, PUTIAN = "440305", "350300"
OWN_RIGHT: dict[str, Any] = {
    "right_id": "OWN-1",
    "kind": "trademark",
    "holder": {"id": "h1", "name": "Zephyr Sports Inc."},
    "marks": ["ZEPHYRA"],
    "policy": "any_use",
}
THEIR_RIGHT: dict[str, Any] = {
    "right_id": f"{SECRET}-9",
    "kind": "trademark",
    "title": f"{SECRET} word mark",
    "holder": {"id": f"{SECRET}-holder", "name": f"{SECRET} Ltd"},
    "marks": ["VANTABRUME"],
    "licensees": [{"name": f"{SECRET} licensee"}],
    "policy": "any_use",
}
OWN_OFFER = offer(1, "ZEPHYRA running shoes", seller={"id": "s1", "name": "own shop", "region": PUTIAN})
THEIR_OFFER = offer(
    2,
    "VANTABRUME bags",
    description=f"{SECRET} description",
    seller={"id": f"{SECRET}-shop", "name": f"{SECRET} shop", "region": SHENZHEN},
    attributes={SECRET: SECRET},
)


@dataclass(frozen=True)
class World:
    """What is stored. `own` is on the own right and in Putian, `theirs` on the other right and in Shenzhen."""

    stores: Stores
    own: Alert
    theirs: Alert
    screened: str  # the id of a match on the other right that did not alert
    account: str  # the id of their account
    key: str  # the id of its API key
    lead: str  # the id of a lead about `theirs` that waits for a person
    destination: str  # the id of where their holder wants to hear of things
    notice: str  # the id of a notice there that nobody took
    picture: str  # the digest of a picture that `theirs` names, the listing's and the right's

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What no answer may hold for whoever does not see it."""
        theirs = self.theirs
        ids = (
            theirs.alert_id,
            theirs.group_id,
            theirs.page,
            theirs.listing_digest,
            self.screened,
            self.account,
            self.key,
            self.lead,
            self.destination,
            self.notice,
            self.picture,
        )
        return (SECRET.encode(), b"VANTABRUME", *(text.encode() for text in ids))


def two_holders(stores: Stores) -> World:
    """Fill empty stores: a right of each, their alerts and what was screened, and pictures of theirs."""
    watched = watch(PICTURE)
    assert isinstance(watched, Watched)
    with closing(PictureStore(stores.operational)) as pictures:
        keeper = PictureKeeper(pictures)
        keeper.keep([watched])
        keeper.flush()
    theirs = {**THEIR_RIGHT, "images": [{"path": f"{SECRET}.jpg", **watched.fields}]}
    builder = WatchlistBuilder()
    with closing(RightsStore(stores.operational)) as rights:
        for right in (OWN_RIGHT, theirs):
            revision = rights.apply([{"op": "put", "right": right}])
            builder.apply({"revision": revision, "op": "put", "right": right})
    stores = replace(stores, watchlist=builder.build())
    (own,) = stores.seen(OWN_OFFER, live=False)
    (their_alert,) = stores.seen(THEIR_OFFER, live=False)
    picture = hashlib.sha256(PICTURE).hexdigest()
    seen = Reason(field="images[0]", matched=f"{SECRET}.jpg", how="pdq", picture=picture, registered=watched.digest)
    pictured = their_alert._replace(reasons=(*their_alert.reasons, seen))
    with TableWriter(stores.clickhouse) as writer:
        writer.insert_alerts([pictured._replace(revision=0)])  # of two observations the lower revision stays
        writer.insert_evidence(
            [
                EvidenceRow(
                    digest=picture,
                    content=PICTURE,
                    media_type="image/jpeg",
                    url="https://shop.example/1.jpg",
                    width=1,
                    height=1,
                    fetched_at=NOW,
                )
            ]
        )
    stores.sampled(offer(3, f"{SECRET} compatible with VANTABRUME bags"), offer(4, "straps compatible with ZEPHYRA"))
    with AlertReader(stores.clickhouse) as reader:
        (screened,) = reader.screened(ScreenedQuery(right_id=THEIR_RIGHT["right_id"]))
    with closing(quick_accounts(stores.operational)) as accounts:
        grants = granted(roles=["operator"])
        account = accounts.create(f"{SECRET}-person", grants, now=NOW, password="a word that nobody guesses 7")
        _, key = accounts.keys.issue(account.account_id, label=f"{SECRET} key", scopes=["alerts.read"], now=NOW)
    with closing(NoticeStore(stores.operational)) as outbox:
        about = {"owner": Owner(HOLDER, f"{SECRET}-holder"), "name": f"{SECRET} hook"}
        there = outbox.destinations.add(draft(**about), SECRET, NOW)
        facts = {"title": f"{SECRET} bags", "listing_id": SECRET}
        ids = {"alert_id": pictured.alert_id, "group_id": pictured.group_id, "right_id": THEIR_RIGHT["right_id"]}
        outbox.collected("alert", [event(at=NOW, **ids, facts=facts)], NOW)
        (waiting,) = outbox.notices(None)
    return World(
        stores,
        own,
        pictured,
        destination=there.destination_id,
        notice=waiting["notice_id"],
        screened=screened["alert_id"],
        account=account.account_id,
        key=key.key_id,
        lead=_led(stores, own, pictured),
        picture=picture,
    )


def _led(stores: Stores, own: Alert, theirs: Alert) -> str:
    """Make a lead of each, and let a policy be set for the other holder; the id of theirs."""
    unsure = Draft(recipient="person", place=None, rule="no_certain_place", clause="art. 60", routing_version="1")
    with closing(LeadStore(stores.operational, LeadSettings())) as leads:
        leads.policies.put("trademark", f"{SECRET}-holder", AT_ONCE, Actor(f"{SECRET}-id", f"{SECRET}-person"), NOW)
        for alert in (own, theirs):
            cause = Cause(because=ALERT, key=f"alert:{alert.alert_id}", send_after=NOW)
            (made,) = leads.make(about_of([alert.to_json()]), [unsure], cause, NOW)
    return made.lead_id
