"""An alert's pictures on its page: side by side, laid over each other, and the way to say that one is no sign."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from detectors.pictures.keeping import packed
from detectors.pictures.looking import Watched, see, watch
from detectors.pictures.seen import Seen
from detectors.records import Alert
from sinks.clickhouse.picture_rows import EvidenceRow
from sinks.clickhouse.writer import TableWriter
from sinks.operational.allow_store import AllowStore
from sinks.operational.picture_store import PictureStore, StoredPicture
from streams.pipeline import screen_page
from tests.dashboards.photographed import watching
from tests.dashboards.service import Stores, offer
from tests.detectors.pictures.edited import PROTECTED, cropped_and_covered, original, sent

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
RIGHT = original(PROTECTED)
OFFERED = sent(cropped_and_covered())


def copied(stores: Stores, *, brings: str | None = None) -> Alert:
    """An alert about a cropped copy with its evidence, or about an offer that brings that fingerprint alone."""
    watchlist, gallery = watching(RIGHT)
    seen, picture = see(OFFERED, gallery), watch(RIGHT)
    assert isinstance(seen, Seen)
    assert isinstance(picture, Watched)
    image = {"pdq": brings} if brings else {"path": "offered.jpg"}
    page = stores.page(offer(1, "poster", images=[image]))
    (alert,) = screen_page(page, watchlist, looks={} if brings else {"offered.jpg": seen}).alerts
    row = EvidenceRow(
        digest=seen.digest, content=OFFERED, media_type="image/jpeg", url="https://shop.example/a.jpg",
        width=179, height=192, fetched_at=NOW,
    )  # fmt: skip
    with TableWriter(stores.clickhouse) as writer:
        writer.insert_pages([page])
        writer.insert_evidence([] if brings else [row])
        writer.insert_alerts([alert])
    kept = PictureStore(stores.operational)
    features = packed(picture.exemplar)
    kept.add([StoredPicture(digest=picture.digest, features=features, preview=picture.preview, height=256, width=256)])
    kept.close()
    return alert


def wait_for_pictures(page: Page, count: int) -> None:
    page.wait_for_function(
        "n => [...document.querySelectorAll('.pictures img')].filter(image => image.naturalWidth).length === n",
        arg=count,
    )


def test_a_copy_is_shown_beside_the_right_s_picture_and_laid_over_it_where_it_belongs(
    stores: Stores, page: Page
) -> None:
    alert = copied(stores)
    page.goto(f"/alerts/{alert.alert_id}")
    wait_for_pictures(page, 3)
    over = page.locator(".picture .over")
    frame, laid = page.locator(".picture", has=page.locator(".over")).bounding_box(), over.bounding_box()
    assert frame is not None
    assert laid is not None
    left = (laid["x"] - frame["x"]) / frame["width"]
    top = (laid["y"] - frame["y"]) / frame["height"]
    assert (left, top) == pytest.approx((0.3, 0.25), abs=0.01)  # where it was cut out of the right's picture
    assert laid["width"] / frame["width"] == pytest.approx(0.7, abs=0.01)
    expect(over).to_have_css("opacity", "0")
    page.get_by_label("Lay the offer's over it").fill("40")
    expect(over).to_have_css("opacity", "0.4")


def test_of_an_offer_that_brings_a_fingerprint_the_right_s_picture_is_shown(stores: Stores, page: Page) -> None:
    picture = watch(RIGHT)
    assert isinstance(picture, Watched)
    alert = copied(stores, brings=picture.fields["pdq"])
    page.goto(f"/alerts/{alert.alert_id}")
    wait_for_pictures(page, 1)
    expect(page.locator(".pictures")).to_contain_text("The offer came with the picture's fingerprint alone.")


def test_a_picture_is_allowed_from_an_alert_that_it_fired(stores: Stores, page: Page) -> None:
    alert = copied(stores)
    page.goto(f"/alerts/{alert.alert_id}")
    page.get_by_role("link", name="Let this picture never alert").click()
    expect(page.get_by_label("Fingerprint (PDQ, 64 hexadecimal digits)")).to_have_value(str(alert.reasons[0].text))
    expect(page.locator("#add [name=note]")).to_be_focused()


def test_who_decides_about_a_quarantine_sees_the_picture(stores: Stores, page: Page) -> None:
    alert = copied(stores)
    fired = {
        "listings": 120,
        "sellers": 60,
        "holders": 1,
        "minutes": 60,
        "rights": ["CN-D-1"],
        "alerts": [alert.alert_id],
    }
    allow = AllowStore(stores.operational)
    allow.quarantine([{"pdq": alert.reasons[0].text, "distance": 10, "fired": fired}], NOW)
    page.goto("/pictures")
    page.wait_for_function("() => document.querySelector('.entry .thumbnail')?.naturalWidth > 0")
    allow.remove(str(alert.reasons[0].text))
    allow.close()
