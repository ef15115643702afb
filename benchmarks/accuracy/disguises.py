"""Positives: a mark hidden in an otherwise honest listing of the goods that its right covers. Is the right alerted?"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.accuracy import han, latin
from benchmarks.accuracy.corpus import Corpus
from benchmarks.accuracy.making import listing, placed, random_for, right
from benchmarks.accuracy.records import Case, Group, Offer, Policy
from benchmarks.accuracy.tables import Tables, load_tables

TRIES = 20  # a disguise: some marks have no letter to change, some results are words


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """`shortest` and `longest` are characters of the mark. What the law calls the same mark, or a mark too short to be
    near for certain, is no signal of its own: the headline is then `any_use`, where the right's policy is the second.
    """

    name: str
    change: Callable[[str, Random, Tables], str | None]
    shortest: int = 4
    longest: int = 99
    headline: Policy = "signals"


LATIN = (
    Disguise(name="identical", change=latin.other_case, headline="any_use"),
    Disguise(name="separated", change=latin.separated),
    Disguise(name="struck_out", change=latin.struck_out),
    Disguise(name="zero_width", change=latin.zero_width),
    Disguise(name="confusable", change=latin.confusable),
    Disguise(name="leetspeak", change=latin.leetspeak),
    Disguise(name="transliterated", change=latin.transliterated),
    Disguise(name="one_letter", change=latin.one_letter, shortest=5),
    Disguise(name="one_letter_of_four", change=latin.one_letter, longest=4, headline="any_use"),
    Disguise(name="transposed", change=latin.transposed, shortest=5),
    Disguise(name="doubled", change=latin.doubled, shortest=5),
    Disguise(name="contained", change=latin.contained, shortest=5),
)
HAN = (
    Disguise(name="zh_separated", change=han.separated, shortest=2),
    Disguise(name="zh_struck_out", change=han.struck_out, shortest=2),
    Disguise(name="zh_zero_width", change=han.zero_width, shortest=2),
    Disguise(name="other_script", change=han.other_script, shortest=2, headline="any_use"),
    Disguise(name="pinyin", change=han.pinyin, shortest=3),
    Disguise(name="pinyin_of_two", change=han.pinyin, shortest=2, longest=2, headline="any_use"),
    Disguise(name="homophone", change=han.homophone, shortest=3),
    Disguise(name="homophone_of_two", change=han.homophone, shortest=2, longest=2, headline="any_use"),
    Disguise(name="look_alike", change=han.look_alike, shortest=3),
    Disguise(name="look_alike_of_two", change=han.look_alike, shortest=2, longest=2, headline="any_use"),
    Disguise(name="split", change=han.split, shortest=2),
    Disguise(name="one_character", change=han.one_character, shortest=3),
)


def disguises(corpus: Corpus, count: int) -> Iterator[Group]:
    """One row for each disguise, `count` cases each; fewer where the marks run out."""
    taken = corpus.words | {_plain(mark) for mark in (*corpus.latin_marks, *corpus.han_marks)}
    chinese, other = corpus.plain(is_chinese=True), corpus.plain(is_chinese=False)
    for disguise in LATIN:
        yield _group(disguise, corpus.latin_marks, other, taken, count)
    chinese_titles = "\n".join(offer.title for offer in corpus.honest if offer.is_chinese)
    for disguise in HAN:
        yield _group(disguise, corpus.han_marks, chinese, taken, count, chinese_titles)


def _group(
    disguise: Disguise,
    marks: Sequence[str],
    offers: Sequence[Offer],
    taken: frozenset[str],
    count: int,
    titles: str = "",
) -> Group:
    rng = random_for(disguise.name)
    fitting = [mark for mark in marks if disguise.shortest <= len(mark) <= disguise.longest]
    rng.shuffle(fitting)
    cases: list[Case] = []
    for attempt in range(count * TRIES):
        if len(cases) == count or not fitting:
            break
        mark = fitting[attempt % len(fitting)]
        hidden = disguise.change(mark, rng, load_tables())
        if hidden is None or hidden == mark or hidden in titles:
            continue  # nothing to change, or words that real titles have
        if _plain(hidden) in taken and _plain(hidden) != _plain(mark):
            continue  # an ordinary word or another mark: nobody could tell that this one is meant
        cases.append(_case(f"{disguise.name}-{len(cases)}", mark, hidden, rng.choice(offers)))
    is_alone = disguise.headline == "signals"
    return Group(
        name=disguise.name, wanted="alert", headline=disguise.headline, cases=tuple(cases), has_second=is_alone
    )


def _case(name: str, mark: str, hidden: str, offer: Offer) -> Case:
    title = placed(offer, hidden)
    return Case(listing=listing(name, title, offer), right=right(name, [mark], offer.classes))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")
