"""The data files: unchanged, licensed, and in the contracts' form."""

from __future__ import annotations

import gzip
import hashlib
import re
from typing import Any

import pytest

from detectors.rights import parse_right
from streams.demo.pack import data_file, load_bases, load_listings, load_rights, manifest, marks

ALLOWED = {"CC0-1.0", "MIT", "BSD-3-Clause", "Apache-2.0", "CC BY 4.0", "CC BY-SA 4.0", "Public domain"}


@pytest.fixture(scope="module")
def listings() -> list[dict[str, Any]]:
    return load_listings()


@pytest.fixture(scope="module")
def rights() -> list[dict[str, Any]]:
    return load_rights()


def attribution_rows(heading: str) -> dict[str, str]:
    """First column -> last column of the table under the heading that starts so in ATTRIBUTION.md."""
    text = data_file("ATTRIBUTION.md").read_text("utf-8")
    section = text.split(f"## {heading}")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")][2:]
    return {row[0].strip(): row[-1].strip() for row in rows}


@pytest.mark.parametrize("name", manifest())
def test_file_is_what_the_manifest_says(name: str) -> None:
    body = data_file(name).read_bytes()
    facts = manifest()[name]
    assert hashlib.sha256(body).hexdigest() == facts["sha256"]
    assert len(body) == facts["bytes"]
    assert gzip.decompress(body).count(b"\n") == facts["rows"]


def test_compressed_files_carry_no_time() -> None:
    assert all(data_file(name).read_bytes()[4:8] == bytes(4) for name in manifest())


def test_every_platform_of_the_listings_is_attributed_with_an_allowed_licence(listings: list[dict[str, Any]]) -> None:
    licences = attribution_rows("listings.jsonl.gz")
    assert set(licences) == {listing["platform"] for listing in listings}
    assert set(licences.values()) <= ALLOWED


def test_every_source_of_the_rights_is_attributed_with_an_allowed_licence(rights: list[dict[str, Any]]) -> None:
    licences = attribution_rows("rights.jsonl.gz")
    assert set(licences) == {source for right in rights for source in right["demo_sources"]}
    assert set(licences.values()) <= ALLOWED


def test_listings_have_the_form_of_the_contract(listings: list[dict[str, Any]]) -> None:
    for listing in listings:
        assert listing["platform"].startswith(("demo-en-", "demo-zh-"))
        assert listing["listing_id"] and listing["title"]
        assert all(isinstance(value, str) for value in listing.get("attributes", {}).values())
        assert ("price" in listing) == ("currency" in listing)
        assert re.fullmatch(r"\d+(\.\d+)?", listing.get("price", "1"))
    assert len({listing["listing_id"] for listing in listings}) == len(listings) == 17_013


def test_sellers_say_that_they_are_invented(listings: list[dict[str, Any]]) -> None:
    assert all("invented" in listing["seller"]["name"] for listing in listings)
    assert all(listing["seller"]["id"].startswith("demo-") for listing in listings)


def test_rights_parse_and_have_distinct_ids(rights: list[dict[str, Any]]) -> None:
    assert len({parse_right(right).right_id for right in rights}) == len(rights)


def test_register_facts_say_that_they_are_invented(rights: list[dict[str, Any]]) -> None:
    for right in rights:
        real = right["right_id"].startswith("US-")
        assert real == ("demo entry, invented" not in right["title"])
        assert real or right["number"].startswith("DEMO-") or "invented number" in right["title"]


def test_names_of_one_brand_stand_in_one_right(rights: list[dict[str, Any]]) -> None:
    found = [right for right in rights if "Nike" in right.get("marks", []) or "耐克" in right.get("marks", [])]
    assert [right["marks"] for right in found] == [["Nike", "耐克"]]


def test_special_sellers_and_brands_are_in_the_listings(listings: list[dict[str, Any]]) -> None:
    sellers = [listing["seller"]["id"] for listing in listings]
    brands = [listing.get("brand", "").casefold() for listing in listings]
    for seller in ("demo-shop-targus", "demo-licensed-kensington", "demo-allowed-fellowes", "demo-shop-laneige"):
        assert sellers.count(seller) >= 5
    for brand in ("lexmark", "iomega", "vantec", "imation", "scosche", "pendaflex"):
        assert brands.count(brand) >= 5


def test_bases_point_at_a_mark_of_their_right(listings: list[dict[str, Any]], rights: list[dict[str, Any]]) -> None:
    titles = {listing["listing_id"]: listing["title"] for listing in listings}
    names = {right["right_id"]: {mark.casefold() for mark in right["marks"]} for right in rights if "marks" in right}
    plain = [
        base
        for base in load_bases()
        if titles[base.listing_id][base.start : base.end].casefold() in names[base.right_id]
    ]
    assert len(plain) > 5_000  # the others differ in an accent, a space or a hyphen


def test_ten_thousand_distinct_marks_for_benchmarks() -> None:
    rights = marks(10_000)
    assert len({parse_right(right).marks for right in rights}) == 10_000
    with pytest.raises(ValueError, match="12,279 marks"):
        marks(100_000)
