"""What fires too often: the limits, one by one."""

from __future__ import annotations

import pytest

from detectors.watchlist.allowed import AllowedPicture, AllowedPictures
from streams.configuration.sections import FloodSettings
from streams.flood.rule import Flood, Sighting, floods, sudden

PDQ, OTHER = "f0" * 32, "0f" * 32
LIMITS = FloodSettings(listings=12, sellers=6, shared_listings=6, shared_sellers=3, times_usual=5.0)
NOTHING = AllowedPictures()
HOLDERS = {"A1": "a", "A2": "a", "B1": "b"}


def flipped(bits: int, pdq: str = PDQ) -> str:
    return f"{int(pdq, 16) ^ ((1 << bits) - 1):064x}"


def fired(offers: int, sellers: int, *, rights: tuple[str, ...] = ("A1",), pdq: str = PDQ) -> list[Sighting]:
    """So many offers by so many sellers, in turns; also the rights take turns."""
    return [
        Sighting(
            alert_id=f"{pdq[-4:]}-{n}", pdq=pdq, offer=f"{pdq[-4:]}-{n}", seller=f"s{n % sellers}" if sellers else None,
            right_id=rights[n % len(rights)],
        )
        for n in range(offers)
    ]  # fmt: skip


def found(sightings: list[Sighting], known: AllowedPictures = NOTHING) -> list[Flood]:
    return floods(sightings, known, lambda right_id: HOLDERS.get(right_id, right_id), LIMITS)


@pytest.mark.parametrize(
    ("sightings", "wanted"),
    [
        (fired(12, 6), True),
        (fired(11, 6), False),
        (fired(12, 5), False),
        (fired(500, 1), False),  # one seller who floods copies a picture
        (fired(500, 0), False),  # nobody knows whether they are many
        (fired(6, 3, rights=("A1", "B1")), True),
        (fired(6, 2, rights=("A1", "B1")), False),
        (fired(5, 3, rights=("A1", "B1")), False),
        (fired(6, 3, rights=("A1", "A2")), False),  # both of one holder
    ],
)
def test_it_takes_many_offers_by_many_sellers(sightings: list[Sighting], wanted: bool) -> None:
    assert bool(found(sightings)) == wanted


def test_limits_for_one_holder_may_be_the_lower_ones() -> None:
    limits = FloodSettings(listings=2, sellers=2, shared_listings=50, shared_sellers=50)
    assert len(floods(fired(2, 2), NOTHING, str, limits)) == 1


def test_an_offer_that_fires_for_several_rights_is_one_offer() -> None:
    twice = [*fired(11, 11, rights=("A1",)), *fired(11, 11, rights=("A2",))]
    assert found(twice) == []


def test_pictures_encoded_again_are_counted_together_under_the_most_frequent() -> None:
    sightings = [*fired(7, 7), *fired(5, 5, pdq=flipped(10))]
    (flood,) = found(sightings)
    assert (flood.pdq, flood.offers, flood.sellers) == (PDQ, 12, 7)
    assert found([*fired(7, 7), *fired(5, 5, pdq=flipped(11))]) == []


def test_two_floods_are_told_apart_the_most_frequent_first() -> None:
    assert [flood.pdq for flood in found([*fired(12, 6), *fired(13, 6, pdq=OTHER)])] == [OTHER, PDQ]


@pytest.mark.parametrize("state", ["allowed", "quarantined", "released"])
def test_what_is_decided_already_is_left_alone(state: str) -> None:
    known = AllowedPictures.of([AllowedPicture(pdq=flipped(4), state=state)])
    assert found(fired(12, 6), known) == []


def test_a_flood_says_which_rights_and_shows_alerts_of_different_sellers() -> None:
    (flood,) = found(fired(30, 10, rights=("A1", "A1", "B1")))
    assert (flood.rights, flood.holders) == (("A1", "B1"), 2)
    assert flood.alerts == tuple(f"f0f0-{n}" for n in range(8))


def test_the_order_of_the_alerts_does_not_matter_for_what_is_quarantined() -> None:
    sightings = [*fired(12, 6), *fired(12, 6, pdq=flipped(6))]
    one, other = found(sightings), found(sightings[::-1])
    assert [(flood.pdq, flood.offers) for flood in one] == [(flood.pdq, flood.offers) for flood in other]


@pytest.mark.parametrize(("usual", "wanted"), [(0.0, True), (2.4, True), (2.5, False), (100.0, False)])
def test_what_is_usual_for_its_rights_is_no_flood(usual: float, wanted: bool) -> None:
    assert bool(sudden(found(fired(12, 6)), lambda _: usual, LIMITS)) == wanted
