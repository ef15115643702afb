"""Hand-made register facts for a few brands, so that the demo shows each reason for not alerting. All are invented."""

from __future__ import annotations

from typing import Any

SELLER_CASES = {
    "targus": "demo-shop-targus",
    "kensington": "demo-licensed-kensington",
    "fellowes": "demo-allowed-fellowes",
    "laneige/兰芝": "demo-shop-laneige",
}
"""Gold brand, lower-cased -> the invented shop that half of its listings come from."""

CASES: dict[str, dict[str, Any]] = {
    "targus": {
        "demo_case": "own shop",
        "holder": {"sellers": [{"seller_id": "demo-shop-targus"}]},
    },
    "laneige": {
        "demo_case": "own shop on one platform",
        "holder": {"sellers": [{"platform": "demo-zh-openbg", "seller_id": "demo-shop-laneige"}]},
    },
    "kensington": {
        "demo_case": "licensed seller",
        "licensees": [{"seller_id": "demo-licensed-kensington", "from": "2020-01-01", "to": "2036-12-31"}],
    },
    "fellowes": {
        "demo_case": "seller on the allow-list",
        "allow": [{"seller_id": "demo-allowed-fellowes"}],
    },
    "pendaflex": {"demo_case": "phrase on the allow-list", "allow": [{"phrase": "file folders"}]},
    "lexmark": {
        "demo_case": "lapsed right",
        "status": "lapsed",
        "status_since": "2024-03-01",
        "status_as_of": "2026-11-01",
    },
    "iomega": {"demo_case": "expired by date", "expires_on": "2021-06-30"},
    "vantec": {"demo_case": "pending application", "status": "pending"},
    "imation": {"demo_case": "holds in one country only", "territories": ["CN"]},
    "scosche": {"demo_case": "any use is to be shown", "policy": "any_use"},
}
"""Brand, lower-cased -> what is laid over its generated right."""

PATENTS: tuple[dict[str, Any], ...] = (
    {"kind": "design", "year": 2022, "status": "granted", "demo_case": "granted design"},
    {"kind": "design", "year": 2021, "status": "lapsed", "status_since": "2024-05-04", "demo_case": "lapsed design"},
    {"kind": "utility_model", "year": 2020, "status": "granted", "demo_case": "granted utility model"},
    {
        "kind": "utility_model",
        "year": 2019,
        "status": "invalidated",
        "status_since": "2023-09-18",
        "demo_case": "invalidated utility model",
    },
    {"kind": "invention", "year": 2016, "status": "granted", "demo_case": "granted invention"},
    {"kind": "invention", "year": 2024, "status": "pending", "demo_case": "application, not granted"},
)
"""Chinese patents with invented numbers: serial numbers from 9,900,000 on, which the office has never reached."""

US_PATENTS = 12
"""How many real US patents stand beside them: the first rows that have an owner and an abstract or a claim."""
