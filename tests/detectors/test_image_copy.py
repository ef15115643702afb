"""Detector image_copy: fingerprints of a listing's pictures near those of a right's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pytest

from detectors.pictures.fingerprint import Fingerprint
from detectors.records import Page
from streams.pipeline import screen_page
from tests.detectors.floor import TODAY, listing, outcome, right, screen, watchlist

PDQ = "f8f8f0cce0f4a84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22"  # a photograph of a bridge (ThreatExchange)
SHOP = {"platform": "taobao", "seller_id": "s1"}


def near(bits: int, pdq: str = PDQ) -> str:
    """A fingerprint so many bits away."""
    flipped = np.random.default_rng(bits).permutation(256)[:bits]
    return f"{int(pdq, 16) ^ sum(1 << int(bit) for bit in flipped):064x}"


def pictured(right_id: str = "R1", pdq: str = PDQ, **changes: Any) -> dict[str, Any]:
    images = [{"path": "bridge.jpg", "pdq": pdq, "quality": 100}]
    return {"right_id": right_id, "kind": "design", "images": images, **changes}


def showing(*pdqs: str, **changes: Any) -> dict[str, Any]:
    return listing(images=[{"url": f"https://a.example/{n}.jpg", "pdq": pdq} for n, pdq in enumerate(pdqs)], **changes)


def test_a_copy_alerts_and_says_which_picture_how_far_and_how_far_counts() -> None:
    (alert,) = screen(showing(near(200), near(12)), pictured()).alerts
    assert (alert.detector, alert.kind, alert.subject, list(alert.signals)) == (
        "image_copy",
        "design",
        "R1",
        ["image_copy"],
    )
    assert [reason.to_json() for reason in alert.reasons] == [
        {
            "field": "images[1]", "text": near(12), "matched": "bridge.jpg", "how": "pdq",
            "distance": 12, "threshold": 31, "view": "whole",
        }
    ]  # fmt: skip


def test_the_sentence_can_be_read_aloud_in_both_languages() -> None:
    (alert,) = screen(showing(near(12)), pictured(office="CN", number="ZL201730000000.0")).alerts
    assert alert.explanation.startswith(
        "picture 1 is a copy of the right's picture bridge.jpg "
        "(12 of 256 bits of the fingerprints differ, up to 31 count as the same); the right: CN design ZL201730000000.0"
    )
    assert "第1张图片与权利人的图片“bridge.jpg”为同一图片（256位指纹中相差12位，阈值31位）" in alert.explanation_zh


@pytest.mark.parametrize(
    ("distance", "threshold", "wanted"),
    [
        (0, 31, "alert image_copy"),
        (31, 31, "alert image_copy"),
        (32, 31, "nothing"),
        (60, 60, "alert image_copy"),
        (1, 0, "nothing"),
        (130, 31, "nothing"),
    ],
)
def test_the_right_says_how_near_is_a_copy(distance: int, threshold: int, wanted: str) -> None:
    assert outcome(showing(near(distance)), pictured(threshold={"image_distance": threshold})) == wanted


@pytest.mark.parametrize(
    ("changes", "facts", "reason"),
    [
        ({"expires_on": "2026-01-01"}, {}, "lapsed_right"),
        ({"status": "pending"}, {}, "lapsed_right"),
        ({"territories": ["JP"]}, {"market": "CN"}, "other_territory"),
        ({"holder": {"sellers": [SHOP]}}, {"seller": {"id": "s1"}}, "own_shop"),
        ({"licensees": [{"seller_id": "s1"}]}, {"seller": {"id": "s1"}}, "licensee"),
        ({"allow": [{"seller_id": "s1"}]}, {"seller": {"id": "s1"}}, "allow_list"),
        ({"allow": [{"pdq": near(10)}]}, {}, "allow_list"),
        ({"threshold": {"score": 0.9}}, {}, "below_threshold"),
    ],
)
def test_what_must_not_alert_is_counted_with_its_reason(
    changes: dict[str, Any], facts: dict[str, Any], reason: str
) -> None:
    assert outcome(showing(PDQ, **facts), pictured(**changes)) == reason


def test_an_eu_right_holds_in_germany() -> None:
    assert outcome(showing(PDQ, market="DE"), pictured(territories=["EU"])) == "alert image_copy"


def test_an_allowed_picture_beside_a_copy_does_not_hide_it() -> None:
    (alert,) = screen(showing(near(100), PDQ), pictured(allow=[{"pdq": near(100)}])).alerts
    assert [reason.field for reason in alert.reasons] == ["images[1]"]


def test_a_copy_behind_any_number_of_allowed_pictures_is_seen() -> None:
    images = [{"path": f"{n}.jpg", "pdq": near(4)} for n in range(30)]
    right = pictured(images=[*images, {"path": "own.jpg", "pdq": near(200)}], allow=[{"pdq": PDQ}])
    (alert,) = screen(showing(*[PDQ] * 19, near(200)), right).alerts
    assert [(reason.field, reason.matched) for reason in alert.reasons] == [("images[19]", "own.jpg")]


def test_a_picture_with_too_little_in_it_is_said_to_be_one() -> None:
    plain = listing(images=[{"pdq": PDQ, "quality": 12}])
    screening = screen(plain, pictured())
    assert (screening.alerts, screening.warnings) == ((), {"picture_low_quality": 1})


def test_a_fingerprint_that_is_none_is_counted_and_the_other_pictures_are_looked_at() -> None:
    screening = screen(showing("nonsense", PDQ), pictured())
    assert ([alert.detector for alert in screening.alerts], screening.warnings) == (
        ["image_copy"],
        {"bad_fingerprint": 1},
    )


@pytest.mark.parametrize("pdq", [f" {PDQ}\n", f"nonsense {PDQ}", f"{near(100)}\n{PDQ}", [near(100), PDQ]])
def test_what_stands_beside_a_fingerprint_does_not_hide_it(pdq: Any) -> None:
    assert outcome(listing(images=[{"pdq": pdq}]), pictured()) == "alert image_copy"


def test_a_page_in_another_encoding_hides_nothing() -> None:
    body = orjson.dumps(showing(PDQ)).decode().encode("utf-16")
    screening = screen_page(Page(body, TODAY), watchlist(pictured()))
    assert [alert.detector for alert in screening.alerts] == ["image_copy"]


def test_a_picture_of_unknown_quality_counts_as_good() -> None:
    unknown = [{"pdq": PDQ, "quality": None}]
    assert outcome(listing(images=unknown), pictured(images=unknown)) == "alert image_copy"


def test_a_right_s_own_plain_picture_is_not_looked_for() -> None:
    assert outcome(showing(PDQ), pictured(images=[{"pdq": PDQ, "quality": 20}])) == "nothing"


def test_capital_letters_and_an_escaped_name_hide_nothing() -> None:
    body = orjson.dumps(showing(PDQ.upper())).replace(b'"pdq"', b'"\\u0070dq"')
    screening = screen_page(Page(body, TODAY), watchlist(pictured()))
    assert [alert.detector for alert in screening.alerts] == ["image_copy"]


def test_each_right_with_the_picture_gets_its_own_alert_in_the_order_of_their_ids() -> None:
    alerts = screen([showing(near(8)), showing(PDQ, listing_id="2")], pictured("B"), pictured("A", near(4))).alerts
    assert [(alert.listing_id, alert.right_id) for alert in alerts] == [("1", "A"), ("1", "B"), ("2", "A"), ("2", "B")]


def test_each_of_the_listing_s_pictures_counts_once_with_the_nearest_of_the_right_s() -> None:
    images = [{"path": "far.jpg", "pdq": near(20)}, {"path": "near.jpg", "pdq": near(2)}]
    (alert,) = screen(showing(PDQ, PDQ), pictured(images=images)).alerts
    assert [(reason.field, reason.matched, reason.distance) for reason in alert.reasons] == [
        ("images[0]", "near.jpg", 2),
        ("images[1]", "near.jpg", 2),
    ]


def test_a_mark_and_a_copied_picture_of_one_right_are_two_alerts_of_one_group() -> None:
    alerts = screen(showing(PDQ, title="N1KE shoes"), right(images=[{"pdq": PDQ}])).alerts
    assert [alert.detector for alert in alerts] == ["mark", "image_copy"]
    assert len({alert.group_id for alert in alerts}) == 1


def test_pictures_of_a_listing_are_named_up_to_a_bound() -> None:
    (alert,) = screen(showing(*[PDQ] * 40), pictured()).alerts
    assert len(alert.reasons) == 12


def test_the_day_of_the_page_decides_and_no_clock() -> None:
    over = pictured(expires_on="2026-06-30")
    assert outcome(showing(PDQ), over, today=datetime(2026, 6, 30, tzinfo=UTC)) == "alert image_copy"
    assert outcome(showing(PDQ), over, today=datetime(2026, 7, 1, tzinfo=UTC)) == "lapsed_right"


def test_the_fingerprint_in_an_alert_is_the_listing_s_own() -> None:
    (alert,) = screen(showing(near(12)), pictured()).alerts
    assert Fingerprint.from_hex(alert.reasons[0].text or "").distance(Fingerprint.from_hex(PDQ)) == 12
