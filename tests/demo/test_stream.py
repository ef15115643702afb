"""The demo's stream: real listings as they are, a labelled share of made ones, the same for the same seed."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from streams.demo.disguises import DISGUISES
from streams.demo.made import WORDING, label_of
from streams.demo.pack import load_listings, load_rights
from streams.demo.patents import CITED, CLAIMS
from streams.demo.stream import demo_listings

ROUND = 17_013


@pytest.fixture(scope="module")
def stream() -> list[dict[str, Any]]:
    return list(itertools.islice(demo_listings(share=0.05, seed=7), 19_000))


def made_only(stream: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [listing for listing in stream if label_of(listing)]


def test_real_listings_are_untouched_and_all_come(stream: list[dict[str, Any]]) -> None:
    real = {listing["listing_id"]: listing for listing in load_listings()}
    first_round = [listing for listing in stream if not label_of(listing)][:ROUND]
    assert all(listing == real[listing["listing_id"]] for listing in first_round)
    assert {listing["listing_id"] for listing in first_round} == set(real)


def test_share_of_made_listings_is_as_asked(stream: list[dict[str, Any]]) -> None:
    assert abs(len(made_only(stream)) / len(stream) - 0.05) < 0.001
    assert not made_only(list(itertools.islice(demo_listings(share=0), 3_000)))
    with pytest.raises(ValueError, match="share must be between"):
        demo_listings(share=1)


def test_every_way_of_making_comes_up(stream: list[dict[str, Any]]) -> None:
    names = {label[0] for listing in stream if (label := label_of(listing))}
    assert names == {*DISGUISES, *CLAIMS, *CITED, WORDING}


def test_same_seed_same_stream_other_seed_another() -> None:
    def first(seed: int) -> list[dict[str, Any]]:
        return list(itertools.islice(demo_listings(share=0.1, seed=seed), 500))

    assert first(1) == first(1)
    assert first(1) != first(2)


def test_ids_never_repeat_when_the_listings_come_round_again(stream: list[dict[str, Any]]) -> None:
    ids = [listing["listing_id"] for listing in stream]
    assert len(set(ids)) == len(ids)
    assert any(listing_id.endswith("~1") for listing_id in ids)


def test_made_listings_are_labelled_and_their_sellers_invented(stream: list[dict[str, Any]]) -> None:
    rights = {right["right_id"] for right in load_rights()}
    for listing in made_only(stream):
        label = label_of(listing)
        assert label is not None
        assert label[1] in rights | {"-"}
        assert listing["listing_id"].startswith("made-")
        assert listing["seller"]["id"].startswith("demo-made-seller-")


def test_labels_contain_no_mark(stream: list[dict[str, Any]]) -> None:
    marks = {mark.casefold() for right in load_rights() for mark in right.get("marks", []) + right.get("aliases", [])}
    for listing in made_only(stream):
        words = re.findall(r"[a-z]+", listing["attributes"]["rightswatch_demo"].casefold())
        runs = {
            joiner.join(words[i : i + n]) for joiner in ("", " ", "-", "_") for n in (1, 2) for i in range(len(words))
        }
        assert not runs & marks


def test_disguised_mark_is_nowhere_plain(stream: list[dict[str, Any]]) -> None:
    rights = {right["right_id"]: right for right in load_rights()}
    checked = 0
    for listing in made_only(stream):
        name, right_id = label_of(listing) or ("", "")
        if name in DISGUISES and name != "separators":
            text = " ".join([listing["title"], listing.get("description", ""), *listing["attributes"].values()])
            main = rights[right_id]["marks"][0]
            if main.casefold() not in text.casefold():
                checked += 1
    assert checked > 300  # the others name another form of the mark, as the real title did
