"""An alert's pictures: kept, and asked for through the alert."""

from __future__ import annotations

import hashlib
import io
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from detectors.pictures.gallery import Gallery
from detectors.pictures.looking import Watched, see, watch
from detectors.records import Alert
from detectors.watchlist import Watchlist, WatchlistBuilder
from sinks.clickhouse.picture_rows import EvidenceRow
from sinks.clickhouse.writer import TableWriter
from sinks.operational.picture_store import PictureStore
from streams.pipeline import screen_page
from streams.watched_pictures import PictureKeeper
from tests.dashboards.service import Stores, WebServer, ask, offer
from tests.detectors.pictures.edited import PROTECTED, cropped_and_covered, original, sent

URL = "https://shop.example/1.jpg"


@dataclass(frozen=True)
class Found:
    """A listing's picture that is a part of the right's, its alert, and the right's picture."""

    alert: Alert
    shown: bytes
    watched: Watched

    @property
    def path(self) -> str:
        return f"/api/v1/alerts/{self.alert.alert_id}/pictures"


def watching(picture: Watched) -> Watchlist:
    builder = WatchlistBuilder()
    right = {"right_id": "CN-D-1", "kind": "design", "images": [{"path": PROTECTED, **picture.fields}]}
    builder.apply({"revision": 1, "op": "put", "right": right})
    return builder.build()


@pytest.fixture
def found(stores: Stores, server: WebServer) -> Found:
    """As the service leaves it: the right's picture kept, the listing's too since its alert names it."""
    watched, shown = watch(original(PROTECTED)), sent(cropped_and_covered())
    assert isinstance(watched, Watched)
    with closing(PictureStore(stores.operational)) as store:
        keeper = PictureKeeper(store)
        keeper.keep([watched])
        keeper.flush()
    page = stores.page(offer(1, "poster", images=[{"url": URL}]))
    seen = see(shown, Gallery({watched.digest: watched.exemplar}))
    (alert,) = screen_page(page, watching(watched), looks={URL: seen}).alerts
    evidence = EvidenceRow(
        digest=hashlib.sha256(shown).hexdigest(),
        content=shown,
        media_type="image/jpeg",
        url=URL,
        width=1,
        height=1,
        fetched_at=datetime.now(UTC),
    )
    with TableWriter(stores.clickhouse) as writer:
        writer.insert_pages([page])
        writer.insert_evidence([evidence])
        writer.insert_alerts([alert])
    return Found(alert, shown, watched)


@pytest.mark.parametrize("of_the_right", [True, False])
def test_both_pictures_come_as_jpegs_of_our_own_making(server: WebServer, found: Found, of_the_right: bool) -> None:
    original_bytes = original(PROTECTED) if of_the_right else found.shown
    answer = ask(server, f"{found.path}/{hashlib.sha256(original_bytes).hexdigest()}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.body != original_bytes
    with Image.open(io.BytesIO(answer.body)) as ours, Image.open(io.BytesIO(original_bytes)) as theirs:
        assert ours.mode == "RGB"
        assert ours.width / ours.height == pytest.approx(theirs.width / theirs.height, rel=0.02)


def test_a_picture_that_the_alert_does_not_name_is_not_given(server: WebServer, found: Found) -> None:
    assert ask(server, f"{found.path}/{'0' * 64}").status == 404
    other = "/api/v1/alerts/00000000-0000-5000-8000-000000000000/pictures"
    assert ask(server, f"{other}/{found.watched.digest}").status == 404


@pytest.mark.parametrize("digest", ["x", "A" * 64, "0" * 63, "%2e%2e%2fetc"])
def test_what_is_no_digest_is_refused(server: WebServer, found: Found, digest: str) -> None:
    assert ask(server, f"{found.path}/{digest}").status in (400, 404)


def test_a_picture_that_is_gone_is_said_to_be(page: Page, stores: Stores, found: Found) -> None:
    page.route("**/pictures/*", lambda route: route.fulfill(content_type="image/jpeg", body=b"nothing"))
    page.goto(f"/alerts/{found.alert.alert_id}")
    expect(page.locator(".pictures").first).to_contain_text("This picture is not kept any more.")
