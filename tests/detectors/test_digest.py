"""The digest names what detectors read, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from detectors.digest import listing_digest

LISTING: dict[str, Any] = {
    "platform": "taobao",
    "listing_id": "1",
    "title": "耐克 鞋",
    "description": "d",
    "attributes": {"a": "1", "b": "2"},
    "price": "9.00",
    "state": "listed",
    "url": "https://x.test/1?utm=3",
    "listed_at": "2026-11-21T10:00:00.123Z",
    "seller": {"id": "s1", "name": "shop", "region": "440300"},
    "images": [{"url": "https://x.test/a.jpg?size=1#top", "pdq": "AB" * 32, "quality": 90}],
}


def test_it_is_stable_across_releases() -> None:
    assert listing_digest(LISTING) == "673393cfe22e6ec6028420fbf02caa8462f218197991134ea2a3143e92e607a5"


@pytest.mark.parametrize(
    "change",
    [
        {"price": "1.00"},
        {"currency": "USD"},
        {"state": "changed"},
        {"url": "https://y.test"},
        {"listed_at": None},
        {"brand": None},
        {"brand": ""},
        {"attributes": {"b": "2", "a": "1"}},
        {"images": [{"pdq": "ab" * 32, "url": "https://x.test/a.jpg?size=2"}]},
        {"seller": {"name": "shop", "id": "s1"}},
        {"listing_id": "2"},
    ],
)
def test_what_detectors_do_not_read_does_not_change_it(change: dict[str, Any]) -> None:
    assert listing_digest({**LISTING, **change}) == listing_digest(LISTING)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "耐克  鞋"},
        {"description": None},
        {"brand": "d"},
        {"condition": "used"},
        {"market": "CN"},
        {"attributes": {"a": "1", "b": "3"}},
        {"seller": {"id": "s2", "name": "shop"}},
        {"images": []},
        {"images": [{"path": "a.jpg"}]},
    ],
)
def test_what_detectors_read_changes_it(change: dict[str, Any]) -> None:
    assert listing_digest({**LISTING, **change}) != listing_digest(LISTING)


def test_key_order_does_not_matter() -> None:
    assert listing_digest(dict(reversed(LISTING.items()))) == listing_digest(LISTING)
