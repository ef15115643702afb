"""The rule pack: wording and weights are checked at load, and each refusal names the file, table and key."""

from __future__ import annotations

import pytest

from detectors.kernels import codes
from detectors.watchlist.rules import RulesError, default_rules, read_rules

WORDING = b'version = "1"\n[counterfeit_strong]\nen = ["replica"]\n'
WEIGHTS = b"[signals]\nmark = 0.3\n[claims]\n[tiers]\nhigh = 0.8\nmedium = 0.6\n[limits]\nprice_share = 0.3\n"


def test_the_pack_that_ships_is_sound() -> None:
    rules = default_rules()
    assert {"mark", "disguise", "counterfeit_wording", "price_far_under", "any_use"} <= rules.signals.keys()
    assert 0 < rules.tiers["medium"] < rules.tiers["high"] < 1
    assert {phrase.kind for phrase in rules.phrases} >= {codes.COUNTERFEIT_STRONG, codes.NEGATION, codes.INNOCENT}


def test_a_claim_never_alerts_by_the_weights_that_only_add() -> None:
    claims = default_rules().claims
    assert claims["holder_mismatch"] < 0.5
    assert claims["incomplete_marking"] < 0.5


def test_the_version_names_the_exact_content() -> None:
    versions = {
        read_rules(WORDING, WEIGHTS).version,
        read_rules(WORDING + b"\n", WEIGHTS).version,
        read_rules(WORDING, WEIGHTS + b"\n").version,
    }
    assert len(versions) == 3
    assert all(version.startswith("1+") for version in versions)
    assert read_rules(WORDING, WEIGHTS) == read_rules(WORDING, WEIGHTS)


@pytest.mark.parametrize(
    ("wording", "places"),
    [
        (b"x = [", ["wording.toml"]),
        (b"\xff", ["wording.toml"]),
        (b'[counterfeit]\nen = ["a"]', ["wording.toml", "[counterfeit]"]),
        (b'negation = ["not"]', ["wording.toml", "[negation]"]),
        (b'[negation]\nen = "not"', ["wording.toml", "[negation]", "en"]),
        (b"[negation]\nen = [1]", ["wording.toml", "[negation]", "en"]),
        (b'[negation]\nen = [" "]', ["wording.toml", "[negation]", "en"]),
    ],
)
def test_bad_wording_names_file_table_and_key(wording: bytes, places: list[str]) -> None:
    with pytest.raises(RulesError) as raised:
        read_rules(wording, WEIGHTS)
    assert all(place in str(raised.value) for place in places)


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ((b"[signals]", b"[signal]"), ["weights.toml", "[signals]"]),
        ((b"[limits]\nprice_share = 0.3\n", b""), ["weights.toml", "[limits]"]),
        ((b"mark = 0.3", b'mark = "much"'), ["weights.toml", "[signals]", "mark"]),
        ((b"mark = 0.3", b"mark = 1.5"), ["weights.toml", "[signals]", "mark"]),
        ((b"mark = 0.3", b"mark = nan"), ["weights.toml", "[signals]", "mark"]),
        ((b"mark = 0.3", b"mark = true"), ["weights.toml", "[signals]", "mark"]),
        ((b"high = 0.8", b"high = -1"), ["weights.toml", "[tiers]", "high"]),
        ((b"high = 0.8\n", b""), ["weights.toml", "[tiers]", "high"]),
        ((b"price_share = 0.3", b"price_share = inf"), ["weights.toml", "[limits]", "price_share"]),
        ((b"[claims]", b"claims = 1\n[other]"), ["weights.toml"]),
    ],
)
def test_bad_weights_name_file_table_and_key(change: tuple[bytes, bytes], places: list[str]) -> None:
    with pytest.raises(RulesError) as raised:
        read_rules(WORDING, WEIGHTS.replace(*change))
    assert all(place in str(raised.value) for place in places)
