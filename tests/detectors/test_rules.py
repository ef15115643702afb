"""The rule pack: wording and weights are checked at load, and each refusal names the file, table and key."""

from __future__ import annotations

import re

import pytest

from detectors.goods.lexicon import compile_lexicon
from detectors.watchlist.rule_tables import WORDING_KINDS
from detectors.watchlist.rules import PACK_FILES, RulesError, default_rules, read_rules, shipped_pack
from tests.detectors.floor import listing, outcome, right, screen

WORDING = 'version = "1"\n[counterfeit_strong]\nen = ["replica"]\n'
ALIASES = '[[nickname]]\nmarks = ["YEEZY"]\nonly = ["夜子"]\nalso_words = ["椰子"]\n'
WEIGHTS = "[signals]\nmark = 0.2\n[tiers]\nhigh = 0.9\nmedium = 0.6\n"


def test_the_pack_that_ships_is_sound() -> None:
    rules = default_rules()
    assert {"mark", "disguise", "counterfeit_wording", "price_far_under", "any_use"} <= rules.signals.keys()
    assert 0 < rules.tiers["medium"] < rules.tiers["high"] < 1
    assert {phrase.kind for phrase in rules.phrases} == set(WORDING_KINDS.values())


def test_a_claim_never_alerts_by_the_weights_that_only_add() -> None:
    claims = default_rules().claims
    assert claims["holder_mismatch"] < 0.5
    assert claims["incomplete_marking"] < 0.5


def test_a_file_that_a_pack_lacks_is_the_shipped_one() -> None:
    assert read_rules({}) == default_rules()
    assert read_rules(shipped_pack()) == default_rules()
    rules = read_rules({"wording": WORDING})
    assert [phrase.text for phrase in rules.phrases] == ["replica"]
    assert (rules.signals, rules.nicknames) == (default_rules().signals, default_rules().nicknames)


def test_a_weight_that_a_file_leaves_out_is_the_shipped_one() -> None:
    rules = read_rules({"weights": WEIGHTS})
    assert rules.signals == {**default_rules().signals, "mark": 0.2}
    assert rules.claims == default_rules().claims
    assert rules.tiers == {"high": 0.9, "medium": 0.6}


def test_the_version_names_the_exact_content() -> None:
    packs: list[dict[str, str]] = [{}, {"wording": WORDING}, {"wording": WORDING + "\n"}, {"weights": WEIGHTS}]
    assert len({read_rules(pack).version for pack in packs}) == 4
    assert read_rules({"wording": WORDING}).version.startswith("1+")


def test_a_nickname_is_found_under_every_way_to_write_its_mark() -> None:
    rules = read_rules({"aliases": ALIASES})
    assert list(rules.nicknames_of(("other", "Yeezy"))) == ["夜子", "椰子"]
    assert list(rules.nicknames_of(("Yee-Zy",))) == ["夜子", "椰子"]
    assert rules.nicknames_of(("yeezys",)) == {}


@pytest.mark.parametrize(
    ("wording", "place"),
    [
        ("x = [", "wording.toml: Invalid value (at end of document)"),
        ("x = " + "[" * 100_000, "wording.toml: is nested too deeply"),
        ("[counterfeit]\nen = ['a']", "wording.toml [counterfeit]: unknown table"),
        ("negation = ['not']", "wording.toml [negation]: must be a table"),
        ("[negation]\nen = 'not'", "wording.toml [negation] en: must be a list"),
        ("[negation]\nen = ['no', 1]", "wording.toml [negation] en entry 2: must be a text"),
        ("[negation]\nen = [' ']", "wording.toml [negation] en entry 1: must be a text"),
        ("[negation]\nen = ['+v']", "wording.toml [negation] en entry 1: '+v' begins with a sign"),
        (f"[negation]\nen = ['{'n' * 61}']", "wording.toml [negation] en entry 1: is longer than 60"),
        (
            "[counterfeit_strong]\nen = ['UA']\n[counterfeit_weak]\nzh = ['ua']",
            "wording.toml [counterfeit_weak] zh: 'ua' is in [counterfeit_strong] too",
        ),
        ("[innocent_beside]\nx = 1", "wording.toml [innocent_beside.x]: must be a table"),
        ("[innocent_beside.x]\nen = ['a']", "wording.toml [innocent_beside.x] wording: must be a list"),
        ("[innocent_beside.x]\nwording = ['a']", "wording.toml [innocent_beside.x] wording: 'a' is in no counterfeit"),
        ("".join(f"[innocent_beside.g{n}]\nwording = []\n" for n in range(33)), "[innocent_beside]: has 33 groups"),
    ],
)
def test_bad_wording_names_file_table_and_entry(wording: str, place: str) -> None:
    with pytest.raises(RulesError, match=re.escape(place)):
        read_rules({"wording": wording})


@pytest.mark.parametrize(
    ("aliases", "place"),
    [
        ("[brand]", "aliases.toml [brand]: unknown table"),
        ("[nickname]", "aliases.toml [nickname]: must be written [[nickname]]"),
        ("[[nickname]]", "aliases.toml [[nickname]] entry 1 marks: must be a list"),
        (ALIASES + "[[nickname]]\nmarks = ['a']\nnames = []", "aliases.toml [[nickname]] entry 2 names: unknown"),
        (ALIASES + ALIASES, "aliases.toml [[nickname]] entry 2 marks: 'YEEZY' stands in an earlier entry"),
        ("nickname = [1]", "aliases.toml [[nickname]] entry 1: must be a table"),
    ],
)
def test_bad_aliases_name_file_and_entry(aliases: str, place: str) -> None:
    with pytest.raises(RulesError, match=re.escape(place)):
        read_rules({"aliases": aliases})


@pytest.mark.parametrize(
    ("weights", "place"),
    [
        ("[signal]", "weights.toml [signal]: unknown table"),
        ("[signals]\ncolour = 0.3", "weights.toml [signals] colour: unknown"),
        ("[signals]\nmark = 'much'", "weights.toml [signals] mark: must be a number"),
        ("[signals]\nmark = 1.5", "weights.toml [signals] mark: must be a number"),
        ("[signals]\nmark = nan", "weights.toml [signals] mark: must be a number"),
        ("[signals]\nmark = true", "weights.toml [signals] mark: must be a number"),
        ("[tiers]\nhigh = 0.5", "weights.toml [tiers]: high must be above medium"),
        ("[limits]\nprice_share = inf", "weights.toml [limits] price_share: must be a number"),
        ("claims = 1", "weights.toml [claims]: must be a table"),
    ],
)
def test_bad_weights_name_file_table_and_key(weights: str, place: str) -> None:
    with pytest.raises(RulesError, match=re.escape(place)):
        read_rules({"weights": weights})


@pytest.mark.parametrize(
    ("pack", "place"), [({"marks": ""}, "marks: is no file of a rule pack"), ({"wording": 1}, "must be a text")]
)
def test_a_pack_holds_texts_of_known_files(pack: dict[str, object], place: str) -> None:
    with pytest.raises(RulesError, match=re.escape(place)):
        read_rules(pack)


@pytest.mark.parametrize(
    ("file", "before", "after", "place"),
    [
        ("goods", "[class.25]", "[class.46]", "goods.toml [class.46]: is no class"),
        ("goods", 'ja = ["花火"]', 'ja = ["花火", 1]', "goods.toml [class.13] ja entry 2: must be a text"),
        ("patents", "[label]", "[labels]", "patents.toml [labels]: unknown table"),
        ("patents", '"专利号码"', '""', "patents.toml [label] zh entry 2: must be a text"),
    ],
)
def test_goods_and_patents_name_file_table_and_entry(file: str, before: str, after: str, place: str) -> None:
    assert before in shipped_pack()[file]
    with pytest.raises(RulesError, match=re.escape(place)):
        read_rules({file: shipped_pack()[file].replace(before, after, 1)})


def test_the_words_for_goods_are_those_of_the_pack_in_force() -> None:
    """A lawyer adds a word for clothes: from then on shoes' mark on fruit with that word is no longer other goods."""
    words = shipped_pack()["goods"].replace('"sneaker"', '"sneaker", "zapatilla nueva"', 1)
    assert words != shipped_pack()["goods"]
    offer, shoes = "N1KE zapatilla nueva, fruit, vegetables", right(classes=["25"])
    assert outcome(offer, shoes) == "other_goods"
    assert outcome(offer, shoes, rules=read_rules({"goods": words})) == "alert mark"


def test_the_words_for_patents_are_those_of_the_pack_in_force() -> None:
    words = shipped_pack()["patents"].replace('"专利号码"', '"专利号码", "发明牌号"', 1)
    offer = listing(description="发明牌号：202310123456.7")
    assert outcome(offer) == "nothing"
    assert outcome(offer, rules=read_rules({"patents": words})) == "alert patent_claim"


@pytest.mark.parametrize("file", PACK_FILES)
def test_the_version_of_an_alert_names_every_file(file: str) -> None:
    rules = read_rules({file: shipped_pack()[file] + "\n# another"})
    (alert,) = screen("replica NIKE shoes", right(), rules=rules).alerts[:1]
    assert alert.versions["rules"] == rules.version != read_rules({}).version


def test_a_lexicon_is_compiled_once_for_a_version() -> None:
    assert compile_lexicon(read_rules({}).goods) is compile_lexicon(read_rules({"weights": ""}).goods)
