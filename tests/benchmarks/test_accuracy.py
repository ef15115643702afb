"""The accuracy harness measures what it says: cases are what their row calls them, counts are sound."""

from __future__ import annotations

import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy import claims, han, latin
from benchmarks.accuracy.compatible import compatible_titles
from benchmarks.accuracy.corpus import Corpus, shipped
from benchmarks.accuracy.making import placed
from benchmarks.accuracy.measure import Outcome, Work, measure, names, only, prepare
from benchmarks.accuracy.records import Case, Group, Offer
from benchmarks.accuracy.run import run
from benchmarks.accuracy.scores import Share
from benchmarks.accuracy.systems import Found, System, substring, word_list
from benchmarks.accuracy.tables import load_tables
from benchmarks.records import BenchmarkError

SEEDS = st.integers(0, 1000).map(Random)
MARKS = st.sampled_from(["Nike", "Adidas", "Under Armour", "Gucci", "Hasselblad"])
HAN_MARKS = st.sampled_from(["耐克", "蓝月亮", "王老吉", "海尔"])


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return shipped()


@pytest.fixture(scope="module")
def work(corpus: Corpus) -> Work:
    return prepare(corpus, cases=4, offers=50, numbers=9)


class Always:
    """A system that says that every right in question, in either policy, alerts."""

    name = "always"

    def look(self, listings: object, rights: object) -> Found:
        ids = frozenset(str(right["right_id"]) for right in rights)  # type: ignore[attr-defined]
        return Found({row["listing_id"]: ids for row in listings})  # type: ignore[attr-defined]


class Never:
    name = "never"

    def look(self, listings: object, rights: object) -> Found:
        return Found({})


def test_the_same_data_gives_the_same_cases(corpus: Corpus, work: Work) -> None:
    assert prepare(corpus, cases=4, offers=50, numbers=9).groups == work.groups


def test_every_row_has_cases_with_listing_ids_of_their_own(work: Work) -> None:
    ids = [case.listing["listing_id"] for group in work.groups for case in group.cases]
    assert all(group.cases for group in work.groups)
    assert len(set(ids)) == len(ids)


def test_what_may_not_be_honest_is_not_counted_as_honest(corpus: Corpus) -> None:
    assert not [offer.title for offer in corpus.honest if "Cheap Nike" in offer.title]


def test_the_watchlist_has_nothing_but_names(corpus: Corpus) -> None:
    facts = {fact for right in corpus.watchlist if right["kind"] == "trademark" for fact in right}
    assert facts == {"right_id", "kind", "marks", "aliases"}


def test_a_system_that_always_alerts_finds_all_and_is_never_silent(work: Work) -> None:
    outcome = measure(work, Always())
    assert outcome.recall().value == 1.0
    assert not any(outcome.share(g, g.headline).hits for g in work.groups if g.wanted == "silence")
    assert outcome.false_per_thousand("en") == 1000 * len(work.watchlist)


def test_a_system_that_never_alerts_finds_nothing_and_is_always_silent(work: Work) -> None:
    outcome = measure(work, Never())
    assert outcome.recall().hits == 0
    assert all(outcome.share(g, g.headline).value == 1.0 for g in work.groups if g.wanted == "silence")
    assert outcome.false_per_thousand("zh") == 0


def test_an_alert_for_another_right_is_not_a_find_but_breaks_a_silence() -> None:
    listing, right = {"listing_id": "1", "title": "x"}, {"right_id": "right of 1", "marks": ["Nike"]}
    case = Case(listing=listing, right=right)
    found = Found({"1": frozenset({"watched"})})
    outcomes = {}
    for wanted in ("alert", "silence"):
        group = Group(name=wanted, wanted=wanted, headline="signals", cases=(case,))
        outcome = Outcome(Work((group,), {}, ({"right_id": "watched"},)), found, {})
        outcomes[wanted] = outcome.share(group, "signals").hits
    assert outcomes == {"alert": 0, "silence": 0}


def test_a_false_patent_claim_counts_only_under_its_own_code() -> None:
    case = Case(listing={"listing_id": "1", "title": "x"}, code="check_digit")
    group = Group(name="claim", wanted="alert", headline="signals", cases=(case,))
    alerts = {"1": frozenset({"CN:1:malformed"})}
    named = [Found(alerts, {"1": frozenset({code})}) for code in ("check_digit", "malformed")]
    assert [Outcome(Work((group,), {}, ()), found, {}).share(group, "signals").hits for found in named] == [1, 0]


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],  # the last: Newcombe 1998, table I
)
def test_intervals_are_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("title", "place", "text", "expected"),
    [
        ("Nike Air Max", (0, 4), "N1ke", "N1ke Air Max"),
        ("Air Max", None, "N1ke", "N1ke Air Max"),
        ("苏菲卫生巾", (0, 2), "苏·菲", "苏·菲卫生巾"),
        ("LINDT瑞士莲巧克力", (5, 8), "naike", "LINDT naike巧克力"),
    ],
)
def test_a_mark_stands_in_place_of_the_brand_or_in_front(
    title: str, place: tuple[int, int] | None, text: str, expected: str
) -> None:
    assert placed(Offer(listing={"title": title}, place=place), text) == expected


@pytest.mark.parametrize(
    ("title", "marks"),
    [
        ("roocase stylus for Apple iPad red", ["Apple"]),
        ("适用于苏格伦净水器滤芯601A", ["苏格伦"]),
        ("Apple dock for Apple iPad", []),  # its own goods
        ("Apple iPad red", []),
    ],
)
def test_titles_for_another_brands_goods_are_found_by_plain_words(title: str, marks: list[str]) -> None:
    offer = Offer(listing={"title": title, "brand": "roocase"})
    cases = compatible_titles([offer], ["Apple"], ["苏格伦"])
    assert [mark for case in cases for mark in (case.right or {})["marks"]] == marks


@given(MARKS, SEEDS)
def test_writing_otherwise_keeps_the_letters(mark: str, rng: Random) -> None:
    written = latin.other_case(mark, rng, load_tables()) or ""
    plain = unicodedata.normalize("NFKC", written).casefold().replace(" ", "")
    assert plain == mark.casefold().replace(" ", "")


@given(MARKS, SEEDS)
def test_a_letter_more_or_less_is_one_edit_and_never_the_first(mark: str, rng: Random) -> None:
    for change in (latin.one_letter, latin.doubled):
        changed = change(mark, rng, load_tables())
        if changed is not None:
            assert changed[0] == mark[0]
            assert abs(len(changed) - len(mark)) <= 1
            assert changed != mark


@given(MARKS, SEEDS)
def test_transposed_letters_are_the_same_letters(mark: str, rng: Random) -> None:
    changed = latin.transposed(mark, rng, load_tables())
    assert changed is None or sorted(changed.casefold()) == sorted(mark.casefold())


@given(HAN_MARKS, SEEDS)
def test_homophones_sound_the_same(mark: str, rng: Random) -> None:
    tables = load_tables()
    changed = han.homophone(mark, rng, tables) or ""
    sounds = [[tables.characters[c].pinyin for c in text] for text in (mark, changed)]
    assert sounds[0] == sounds[1]
    assert changed != mark


def test_split_characters_are_written_in_their_parts() -> None:
    assert {han.split("耐克", Random(seed), load_tables()) for seed in range(20)} == {"而寸克"}


@pytest.mark.parametrize("number", ["97101765.4", "95115608.X", "200510113767.6", "201811564288.X", "202411064734.6"])
def test_check_digits_are_those_of_real_patents(number: str) -> None:
    body, digit = number.split(".")
    assert claims.check_digit(body) == digit


@pytest.mark.parametrize(
    ("title", "plain", "normalising"),
    [
        ("Nike shoes", True, False),  # a plain use
        ("Nike shoes replica", True, True),
        ("ＮＩＫＥ shoes", False, True),
        ("shoes", False, False),
    ],
)
def test_baselines_alert_as_documented(title: str, plain: bool, normalising: bool) -> None:
    rights = [{"right_id": "r", "marks": ["Nike"]}]
    systems: tuple[System, ...] = (substring(), word_list())
    found = [bool(system.look([{"listing_id": "1", "title": title}], rights).alerts) for system in systems]
    assert found == [plain, normalising]


def test_one_row_can_be_measured_alone(work: Work) -> None:
    assert names(only(work, "leetspeak")) == ["leetspeak"]
    assert names(only(work, "honest_zh")) == ["honest_zh"]


def test_a_row_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(BenchmarkError, match=r"no row is called 'nonsense'; there are: identical, separated"):
        run(quick=True, show="nonsense")


def test_a_folder_without_a_pack_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="is not a data pack"):
        run(quick=True, pack="/nowhere")


def test_showing_a_row_says_what_stood_there_and_what_became_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = run(quick=True, show="own_shop")
    assert [row.ours for row in rows] == [1.0, 1.0]
    assert capsys.readouterr().err.splitlines() == ["silent: own_shop, any use watched: 0 of 60 not as wanted"]
