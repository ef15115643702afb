"""Detector image_copy through the second tier: a right's picture found in a listing's by its pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import orjson
import pytest
from PIL import Image

from detectors.errors import RightError
from detectors.image_copy import is_copy_at_sight
from detectors.pictures.gallery import Gallery
from detectors.pictures.looking import Watched, see, see_closer, watch
from detectors.pictures.seen import Looks, Seen
from detectors.records import Alert, Page, Reason, Screening
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.pipeline import screen_page
from tests.detectors.floor import TODAY, listing, watchlist
from tests.detectors.pictures.edited import OTHER, PROTECTED, cropped_and_covered, opened, original, sent

OFFER = "offer.jpg"
SHOP = {"platform": "taobao", "seller_id": "s1"}


@cache
def watched(name: str = PROTECTED) -> Watched:
    found = watch(original(name))
    assert isinstance(found, Watched)
    return found


@cache
def gallery() -> Gallery:
    return Gallery({watched(name).digest: watched(name).exemplar for name in (PROTECTED, OTHER)})


def pictured(right_id: str = "R1", name: str = PROTECTED, **changes: Any) -> dict[str, Any]:
    images = [{"path": name, **watched(name).fields}]
    return {"right_id": right_id, "kind": "design", "images": images, **changes}


def seen(image: Image.Image) -> Seen:
    found = see(sent(image), gallery())
    assert isinstance(found, Seen)
    return found


@cache
def seen_edited() -> Seen:
    return seen(cropped_and_covered())


def screen(looks: Looks, watching: Watchlist, **facts: Any) -> Screening:
    line = orjson.dumps(listing(images=[{"path": path} for path in looks], **facts))
    return screen_page(Page(line, TODAY), watching, looks=looks, show_screened=True)


def alert_of(looks: Looks, *rights: Mapping[str, Any]) -> Alert:
    (alert,) = screen(looks, watchlist(*rights)).alerts
    return alert


def outcome(looks: Looks, *rights: Mapping[str, Any], **facts: Any) -> str:
    screening = screen(looks, watchlist(*rights), **facts)
    return "alert" if screening.alerts else "+".join(screening.screened) or "nothing"


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two cells of one size with a gutter between them."""
    canvas = Image.new("RGB", (2 * right.width + 16, right.height), "white")
    canvas.paste(left.resize(right.size), (0, 0))
    canvas.paste(right, (right.width + 16, 0))
    return canvas


def cell_of(collage: Seen, cell: int) -> str:
    """The fingerprint of a view of the first or the second cell."""
    look = collage.look
    (at, *_) = [at for at, view in enumerate(look.views) if view.name.startswith(f"collage {cell} of 2")]
    assert look.fingerprints[at].is_usable
    return look.fingerprints[at].hex


def test_the_edited_picture_is_one_that_fingerprints_miss() -> None:
    assert outcome({OFFER: replace(seen_edited(), close=())}, pictured()) == "nothing"


def test_a_cropped_and_covered_copy_alerts_and_says_how_it_was_found() -> None:
    alert = alert_of({OFFER: seen_edited()}, pictured(office="CN", number="ZL1"))
    (reason,) = alert.reasons
    assert (alert.detector, list(alert.signals)) == ("image_copy", ["image_copy"])
    assert (reason.field, reason.how, reason.matched, reason.view) == ("images[0]", "features", PROTECTED, "cropped")
    assert (reason.picture, reason.registered) == (seen_edited().digest, watched().digest)
    assert reason.text == seen_edited().look.fingerprints[0].hex
    assert Reason.from_json(orjson.loads(orjson.dumps(reason.to_json()))) == reason


def test_the_placement_lays_the_right_s_picture_on_the_listing_s() -> None:
    (reason,) = alert_of({OFFER: seen_edited()}, pictured()).reasons
    assert reason.placement
    a, b, tx, c, d, ty = reason.placement
    image = opened(PROTECTED)
    left, top = round(0.3 * image.width) / image.width, round(0.25 * image.height) / image.height
    assert (a * left + b * top + tx, c * left + d * top + ty) == pytest.approx((0, 0), abs=0.01)


def test_the_sentence_says_how_much_agrees_in_both_languages() -> None:
    alert = alert_of({OFFER: seen_edited()}, pictured())
    (reason,) = alert.reasons
    assert reason.note
    points, same, compared = (int(word) for word in reason.note.split() if word.isdigit())
    assert points >= 5
    assert 12 <= same <= compared
    assert (
        f"picture 1, seen as cropped, is a copy of the right's picture {PROTECTED} ({reason.note})" in alert.explanation
    )
    assert f"{points}个特征点位置一致，所比较的{compared}处中有{same}处相同" in alert.explanation_zh


def test_a_right_with_another_picture_is_not_alerted() -> None:
    assert outcome({OFFER: seen_edited()}, pictured(name=OTHER)) == "nothing"


def test_a_withdrawn_picture_is_nobody_s() -> None:
    assert outcome({OFFER: seen_edited()}, {"right_id": "R1", "kind": "trademark", "marks": ["NIKE"]}) == "nothing"


@pytest.mark.parametrize(
    ("changes", "facts", "reason"),
    [
        ({"expires_on": "2026-01-01"}, {}, "lapsed_right"),
        ({"territories": ["JP"]}, {"market": "CN"}, "other_territory"),
        ({"holder": {"sellers": [SHOP]}}, {"seller": {"id": "s1"}}, "own_shop"),
        ({"allow": [{"seller_id": "s1"}]}, {"seller": {"id": "s1"}}, "allow_list"),
        ({"threshold": {"score": 0.9}}, {}, "below_threshold"),
    ],
)
def test_every_screen_applies(changes: dict[str, Any], facts: dict[str, Any], reason: str) -> None:
    assert outcome({OFFER: seen_edited()}, pictured(**changes), **facts) == reason


@pytest.mark.parametrize("view", range(2))
def test_an_allowed_picture_does_not_come_back_through_its_pixels(view: int) -> None:
    allowed = seen_edited().look.fingerprints[view].hex
    assert outcome({OFFER: seen_edited()}, pictured(allow=[{"pdq": allowed}])) == "allow_list"


def test_a_picture_cut_so_that_its_middle_is_lost_is_spared_where_it_is_allowed() -> None:
    image = opened(PROTECTED)
    side = seen(image.crop((round(0.55 * image.width), 0, image.width, image.height)))
    assert outcome({OFFER: side}, pictured()) == "alert"
    assert outcome({OFFER: side}, pictured(allow=[{"pdq": side.look.fingerprints[0].hex}])) == "allow_list"


@pytest.mark.parametrize(("cell", "wanted"), [(1, "alert"), (2, "allow_list")])
def test_in_a_collage_only_the_cell_that_is_allowed_is_spared(cell: int, wanted: str) -> None:
    collage = seen(beside(opened("pdq-pen-and-coaster.jpg"), cropped_and_covered()))
    allowed = cell_of(collage, cell)
    assert outcome({OFFER: collage}, pictured(allow=[{"pdq": allowed}])) == wanted


def test_one_picture_counts_once_and_a_near_fingerprint_is_better_evidence() -> None:
    whole = seen(opened(PROTECTED))
    assert whole.close
    (reason,) = alert_of({OFFER: whole}, pictured()).reasons
    assert (reason.how, reason.view) == ("pdq", "whole")


def test_the_nearest_picture_comes_first_whatever_found_it() -> None:
    looks = {OFFER: seen_edited(), "whole.jpg": seen(opened(PROTECTED))}
    assert [(reason.field, reason.how) for reason in alert_of(looks, pictured()).reasons] == [
        ("images[1]", "pdq"),
        ("images[0]", "features"),
    ]


def test_a_near_fingerprint_says_where_the_right_s_picture_lies() -> None:
    image = opened(PROTECTED)
    framed = Image.new("RGB", (image.width + 60, image.height + 60), "black")
    framed.paste(image, (30, 30))
    (reason,) = alert_of({OFFER: seen(framed)}, pictured()).reasons
    assert (reason.how, reason.view, reason.registered) == ("pdq", "trimmed", watched().digest)
    across, down = image.width / framed.width, image.height / framed.height
    placement = (across, 0, 30 / framed.width, 0, down, 30 / framed.height)
    assert reason.placement == pytest.approx(placement, abs=0.01)


def test_a_right_without_windows_is_found_all_the_same() -> None:
    right = pictured()
    del right["images"][0]["windows"]
    (reason,) = alert_of({OFFER: seen(opened(PROTECTED))}, right).reasons
    assert (reason.how, reason.placement) == ("pdq", None)
    assert outcome({OFFER: seen_edited()}, right) == "alert"
    allowed = [{"pdq": seen_edited().look.fingerprints[0].hex}]
    assert outcome({OFFER: seen_edited()}, {**right, "allow": allowed}) == "allow_list"


def test_each_right_with_the_picture_gets_an_alert_in_whatever_order_they_came() -> None:
    rights = [pictured("B"), pictured("A"), pictured("C", OTHER), pictured("D")]
    answers = [screen({OFFER: seen_edited()}, watchlist(*order)).alerts for order in (rights, rights[::-1])]
    assert [[alert.right_id for alert in answer] for answer in answers] == [["A", "B", "D"]] * 2
    assert [alert.reasons for alert in answers[0]] == [alert.reasons for alert in answers[1]]


def test_what_changed_since_the_base_says_what_one_compiled_anew_does() -> None:
    """Of the base's rights one is withdrawn and one gets another picture; two more are put."""
    builder = WatchlistBuilder()
    names = [f"R{number:02}" for number in range(20)]
    for revision, name in enumerate(names, 1):
        builder.apply({"revision": revision, "op": "put", "right": pictured(name)})
    builder.build()
    changes = [pictured("R03", OTHER), pictured("R05b"), pictured("Q")]
    builder.apply({"revision": 21, "op": "withdraw", "right_id": "R04"})
    for revision, right in enumerate(changes, 22):
        builder.apply({"revision": revision, "op": "put", "right": right})
    updated = builder.update()
    assert updated.changes
    held = [pictured(name) for name in names if name not in ("R03", "R04")]
    anew = watchlist(*held, *changes)
    found = [[one.right_id for one in screen({OFFER: seen_edited()}, each).alerts] for each in (updated, anew)]
    assert found[0] == found[1] == sorted({*names, "R05b", "Q"} - {"R03", "R04"})
    assert updated.picture_digests() == anew.picture_digests() == {watched().digest, watched(OTHER).digest}


def test_a_digest_that_no_right_holds_any_more_is_not_wanted() -> None:
    builder = WatchlistBuilder()
    for revision, right in enumerate([pictured(f"R{number}") for number in range(8)] + [pictured("X", OTHER)], 1):
        builder.apply({"revision": revision, "op": "put", "right": right})
    builder.build()
    builder.apply({"revision": 20, "op": "withdraw", "right_id": "X"})
    assert builder.update().picture_digests() == {watched().digest}


def test_the_second_tier_is_asked_for_what_the_first_does_not_find() -> None:
    watching = watchlist(pictured())
    assert not is_copy_at_sight(seen_edited().look, watching)
    assert is_copy_at_sight(seen(opened(PROTECTED)).look, watching)


def test_a_right_that_hears_of_far_pictures_does_not_keep_the_second_tier_away() -> None:
    wide = pictured("W", OTHER, threshold={"image_distance": 90})
    near = seen_edited().look.fingerprints[0].words[0]
    wide["images"][0]["pdq"] = f"{near ^ (2**40 - 1):016x}{seen_edited().look.fingerprints[0].hex[16:]}"  # 40 bits away
    watching = watchlist(wide)
    assert screen({OFFER: seen_edited()}, watching).alerts
    assert not is_copy_at_sight(seen_edited().look, watching)


def test_a_picture_is_looked_at_closely_only_if_that_pays() -> None:
    data = sent(cropped_and_covered())
    first = see(data, gallery(), pays=lambda _look: False)
    assert isinstance(first, Seen)
    assert first.close == ()
    later = see_closer(data, first, gallery())
    assert later.close == seen_edited().close
    assert later.close


def test_looking_again_at_bytes_that_are_no_picture_finds_nothing() -> None:
    first = replace(seen_edited(), close=())
    assert see_closer(b"<html>", first, gallery()) == first


@pytest.mark.parametrize(
    "windows",
    [
        {"whole": [0, 0, 10]},
        {"whole": [10, 0, 0, 10]},
        {"whole": [0, 0, "x", 10]},
        {"whole": None},
        [1],
        {"w": [0] * 4},
    ],
)
def test_windows_that_are_none_are_refused_by_name(windows: Any) -> None:
    right = pictured()
    right["images"] = [{**right["images"][0], "windows": windows}]
    with pytest.raises(RightError, match=r"images\[0\]\.windows"):
        watchlist(right)
