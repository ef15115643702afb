"""Pictures that do not count for any right: what is allowed, what is quarantined, and what nothing hides behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from detectors.copy_evidence import Shown
from detectors.errors import RightError
from detectors.image_copy import is_copy_at_sight
from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.looking import Watched, see, watch
from detectors.pictures.seen import Seen
from detectors.records import Screening
from detectors.spared import spared_by, spared_parts
from detectors.watchlist import Watchlist, WatchlistBuilder
from detectors.watchlist.allowed import AllowedPicture, AllowedPictures, parse_allowed
from detectors.widening import alerts_more
from streams.pipeline import screen_page
from tests.detectors.floor import listing, page
from tests.detectors.pictures.made import encoded, photograph
from tests.detectors.test_image_copy import PDQ, near, pictured, showing

OTHER = "0f" * 32


def watching(*entries: dict[str, Any], rights: tuple[dict[str, Any], ...] | None = None) -> Watchlist:
    """The rights with these entries of the allow-list."""
    builder = WatchlistBuilder()
    for revision, one in enumerate(rights or (pictured(),), 1):
        builder.apply({"revision": revision, "op": "put", "right": one})
    for revision, entry in enumerate(entries, 100):
        builder.apply({"revision": revision, "op": "allow", "allow": entry})
    return builder.build()


def screen(listing: dict[str, Any], watchlist: Watchlist, share: float = 0.0) -> Screening:
    return screen_page(page([listing]), watchlist, show_screened=True, sample_share=share)


def outcome(listing: dict[str, Any], watchlist: Watchlist) -> str:
    screening = screen(listing, watchlist)
    return "alert" if screening.alerts else ", ".join(screening.screened)


@pytest.mark.parametrize(("state", "wanted"), [
    ("allowed", "allow_list"), ("quarantined", "quarantined"), ("released", "alert"),
])  # fmt: skip
def test_the_state_says_what_becomes_of_a_picture(state: str, wanted: str) -> None:
    assert outcome(showing(PDQ), watching({"pdq": PDQ, "state": state})) == wanted


@pytest.mark.parametrize(("bits", "wanted"), [(0, "allow_list"), (10, "allow_list"), (11, "alert")])
def test_only_what_is_nearly_the_same_picture_is_allowed(bits: int, wanted: str) -> None:
    assert outcome(showing(near(bits)), watching({"pdq": PDQ})) == wanted


def test_an_entry_s_own_distance_counts() -> None:
    assert outcome(showing(near(20)), watching({"pdq": PDQ, "distance": 20})) == "allow_list"
    assert outcome(showing(near(1)), watching({"pdq": PDQ, "distance": 0})) == "alert"


@pytest.mark.parametrize("state", ["allowed", "quarantined"])
def test_a_copied_picture_beside_it_alerts_and_is_the_only_reason(state: str) -> None:
    watchlist = watching({"pdq": PDQ, "state": state})
    (alert,) = screen(showing(PDQ, near(20)), watchlist).alerts
    assert [reason.field for reason in alert.reasons] == ["images[1]"]


def test_a_copy_behind_any_number_of_allowed_pictures_is_seen() -> None:
    (alert,) = screen(showing(*[PDQ] * 40, near(24)), watching({"pdq": PDQ})).alerts
    assert [reason.field for reason in alert.reasons] == ["images[40]"]


def test_quarantined_is_the_reason_where_it_would_alert_without_it() -> None:
    watchlist = watching({"pdq": near(14), "state": "quarantined", "distance": 0}, {"pdq": PDQ, "distance": 0})
    assert outcome(showing(PDQ, near(14)), watchlist) == "quarantined"
    assert outcome(showing(PDQ), watchlist) == "allow_list"


def test_the_nearest_entry_decides_and_at_the_same_distance_a_person_s_word() -> None:
    released = {"pdq": near(6), "state": "released"}
    assert outcome(showing(near(6)), watching({"pdq": PDQ}, released)) == "alert"
    assert outcome(showing(PDQ), watching({"pdq": PDQ}, released)) == "allow_list"
    flipped = f"{int(PDQ, 16) ^ 1:064x}", f"{int(PDQ, 16) ^ 2:064x}"
    both = watching({"pdq": flipped[0], "state": "quarantined"}, {"pdq": flipped[1], "state": "released"})
    assert outcome(showing(PDQ), both) == "alert"


def test_a_right_s_own_reasons_not_to_alert_come_first() -> None:
    watchlist = watching({"pdq": PDQ, "state": "quarantined"}, rights=(pictured(status="pending"),))
    assert outcome(showing(PDQ), watchlist) == "lapsed_right"
    watchlist = watching({"pdq": PDQ, "state": "quarantined"}, rights=(pictured(allow=[{"pdq": PDQ}]),))
    assert outcome(showing(PDQ), watchlist) == "allow_list"


def test_every_quarantined_match_is_kept_also_without_a_sample() -> None:
    quarantined = screen(showing(PDQ), watching({"pdq": PDQ, "state": "quarantined"}))
    assert [one.screened for one in quarantined.sampled] == ["quarantined"]
    assert [reason.text for reason in quarantined.sampled[0].alert.reasons] == [PDQ]
    assert screen(showing(PDQ), watching({"pdq": PDQ})).sampled == ()
    assert [one.screened for one in screen(showing(PDQ), watching({"pdq": PDQ}), share=1.0).sampled] == ["allow_list"]


def views(*named: tuple[str, str]) -> list[Shown]:
    return [Shown(0, 0, view, Fingerprint.from_hex(pdq)) for view, pdq in named]


@pytest.mark.parametrize(("allowed", "asked", "wanted"), [
    ("whole", "trimmed, mirror", "allow_list"),
    ("without banner", "whole", "allow_list"),
    ("whole", "collage 1 of 4", "allow_list"),
    ("collage 1 of 4, trimmed", "collage 1 of 4, mirror", "allow_list"),
    ("collage 1 of 4", "collage 2 of 4", None),
    ("collage 1 of 4", "whole", None),
])  # fmt: skip
def test_an_allowed_view_spares_the_picture_it_shows_and_no_picture_beside_it(
    allowed: str, asked: str, wanted: str | None
) -> None:
    shown = views((allowed, PDQ), (asked, OTHER))
    spared = spared_parts(shown, {(0, 0)}, AllowedPictures.of([AllowedPicture(pdq=PDQ)]))
    assert spared_by(spared, shown[1]) == wanted


def test_one_released_view_lets_the_picture_alert() -> None:
    shown = views(("whole", PDQ), ("mirror", OTHER))
    entries = [AllowedPicture(pdq=PDQ, state="quarantined"), AllowedPicture(pdq=OTHER, state="released")]
    assert spared_parts(shown, {(0, 0)}, AllowedPictures.of(entries)) == {}


def test_the_index_decides_as_measuring_every_distance_does() -> None:
    numbers = np.random.default_rng(5)
    base = numbers.integers(0, 2**63, (40, 4), dtype=np.uint64)
    entries = [
        AllowedPicture(pdq=Fingerprint(tuple(row)).hex, state=state, distance=int(numbers.integers(0, 32)))
        for row, state in zip(base.tolist(), ["allowed", "quarantined", "released", "allowed"] * 10, strict=True)
    ]
    asked = [
        Fingerprint.from_hex(near(int(bits), entries[n % 40].pdq))
        for n, bits in enumerate(numbers.integers(0, 34, 200))
    ]
    held = AllowedPictures.of(entries)
    found = held.nearest(np.array([one.words for one in asked], np.uint64))
    for one, entry in zip(asked, found, strict=True):
        apart = [(one.distance(Fingerprint.from_hex(each.pdq)), n) for n, each in enumerate(held.entries)]
        within = [(bits, n) for bits, n in apart if bits <= held.entries[n].distance]
        assert entry == (held.entries[min(within)[1]] if within else None)


@pytest.mark.parametrize(("entry", "field"), [
    ({"pdq": "0f"}, "allow.pdq"), ({}, "allow.pdq"), ({"pdq": 3}, "allow.pdq"),
    ({"pdq": PDQ, "state": "held"}, "allow.state"),
    ({"pdq": PDQ, "distance": 32}, "allow.distance"), ({"pdq": PDQ, "distance": -1}, "allow.distance"),
    ({"pdq": PDQ, "distance": True}, "allow.distance"), ({"pdq": PDQ, "distance": 2.0}, "allow.distance"),
    ({"pdq": PDQ, "note": "x" * 501}, "allow.note"), ({"pdq": PDQ, "by": 1}, "allow.by"),
    ({"pdq": PDQ, "fired": 3}, "allow.fired"), ({"pdq": PDQ, "fired": {"rights": [3]}}, "allow.fired"),
    ("text", "allow"),
])  # fmt: skip
def test_an_entry_with_a_fault_is_refused_by_name(entry: Any, field: str) -> None:
    with pytest.raises(RightError) as refused:
        parse_allowed(entry)
    assert refused.value.field == field


def test_an_older_entry_changes_nothing_and_a_withdrawal_lets_alert_again() -> None:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, "op": "put", "right": pictured()})
    assert builder.apply({"revision": 5, "op": "allow", "allow": {"pdq": PDQ.upper()}})
    assert not builder.apply({"revision": 4, "op": "disallow", "pdq": PDQ})
    assert not builder.apply({"revision": 6, "op": "allow", "allow": {"pdq": PDQ, "note": "said again"}})
    assert outcome(showing(PDQ), builder.update()) == "allow_list"
    assert builder.apply({"revision": 7, "op": "disallow", "pdq": PDQ})
    assert outcome(showing(PDQ), builder.update()) == "alert"


@pytest.mark.parametrize(("before", "after", "wanted"), [
    ("quarantined", "released", True), ("allowed", "released", True), ("quarantined", None, True),
    ("quarantined", "allowed", False), ("released", None, False), ("released", "allowed", False),
])  # fmt: skip
def test_what_alerts_again_is_known(before: str, after: str | None, wanted: bool) -> None:
    now = None if after is None else AllowedPicture(pdq=PDQ, state=after)
    assert alerts_more(AllowedPicture(pdq=PDQ, state=before), now) == wanted


def test_a_smaller_distance_alerts_more() -> None:
    assert alerts_more(AllowedPicture(pdq=PDQ, distance=10), AllowedPicture(pdq=PDQ, distance=9))


STOCK, OWN = photograph(), ImageOps.flip(photograph())


def seen_as(picture: Image.Image) -> Screening:
    """A picture of a listing, where both pictures are rights' and one is allowed."""
    rights, prints = [], []
    for name, one in (("STOCK", STOCK), ("OWN", OWN)):
        watched = watch(encoded(one, "PNG"))
        assert isinstance(watched, Watched)
        image = watched.fields
        rights.append({"right_id": name, "kind": "design", "images": [{"path": name, **image}]})
        prints.append(image["pdq"])
    watchlist = watching({"pdq": prints[0]}, rights=tuple(rights))
    looks = {"a.jpg": see(encoded(picture, "JPEG", quality=85))}
    offer = listing(images=[{"path": "a.jpg"}])
    return screen_page(page([offer]), watchlist, looks=looks, show_screened=True)


@pytest.mark.parametrize(
    "picture",
    [STOCK, ImageOps.expand(STOCK, 30, "white"), ImageOps.mirror(STOCK)],
    ids=["as it is", "with a border", "mirrored"],
)
def test_an_allowed_photograph_stays_silent_as_sellers_show_it(picture: Image.Image) -> None:
    screening = seen_as(picture)
    assert not screening.alerts
    assert dict(screening.screened) == {"allow_list": 1}


def test_a_copied_photograph_in_a_collage_beside_an_allowed_one_alerts() -> None:
    collage = Image.new("RGB", (STOCK.width * 2 + 20, STOCK.height), "white")
    collage.paste(STOCK, (0, 0))
    collage.paste(OWN, (STOCK.width + 20, 0))
    screening = seen_as(collage)
    assert [alert.right_id for alert in screening.alerts] == ["OWN"]
    assert dict(screening.screened) == {"allow_list": 1}


@pytest.mark.parametrize(("state", "is_copy"), [("allowed", False), ("quarantined", False), ("released", True)])
def test_a_picture_that_does_not_count_does_not_spare_a_closer_look(state: str, is_copy: bool) -> None:
    seen = see(encoded(photograph(), "PNG"))
    assert isinstance(seen, Seen)
    codes = sorted({seen.look.fingerprints[at].hex for at in range(len(seen.look.views))})
    rights = (pictured(images=[{"pdq": code} for code in codes]),)
    entries = [{"pdq": code, "state": state} for code in codes]
    assert is_copy_at_sight(seen.look, watching(rights=rights))
    assert is_copy_at_sight(seen.look, watching(*entries, rights=rights)) is is_copy
