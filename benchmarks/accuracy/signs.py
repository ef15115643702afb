"""Positives that need no disguise table: real decided cases, nicknames, and counterfeit wording beside a plain mark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from benchmarks.accuracy.corpus import Corpus
from benchmarks.accuracy.making import listing, placed, random_for, right
from benchmarks.accuracy.phrases import load_phrases
from benchmarks.accuracy.records import Case, Group, Offer, Policy
from benchmarks.accuracy.tables import read_rows

NICKNAMES = {  # by mark: from public slang dictionaries, and emoji; the right names it among its aliases
    "LOUIS VUITTON": ("驴牌", "驴包", "路威"),
    "GUCCI": ("古老板", "古奇"),
    "CHANEL": ("香奶奶", "小香"),
    "HERMES": ("爱马屎", "橙家"),
    "ROLEX": ("绿水鬼",),
    "iPhone": ("艾疯", "爱疯", "i疯"),
    "苹果": ("卑果",),
    "华为": ("花为", "菊厂"),
    "NIKE": ("耐磕", "勾子"),
    "ADIDAS": ("三道杠", "阿迪王子"),
    "YEEZY": ("椰子鞋",),
    "茅台": ("毛台", "酱香科技"),
    "Apple": ("🍎",),
    "LACOSTE": ("🐊",),
    "PUMA": ("🐆",),
    "天猫": ("🐱",),
    "Twitter": ("🐦",),
    "Playboy": ("🐰",),
}
GRADES = ("公司级", "纯原", "高仿", "莆田", "1:1复刻", "replica")
MARKETS = {"zh": "zh", "en": "en", "ja": "en", "ko": "en", "eu": "en"}  # phrase language -> language of the real title


def decided(corpus: Corpus, count: int) -> Iterator[Group]:
    """UDRP panels found these signs confusingly similar to these marks: the sign in a real title, as name or domain.

    A sign that has the mark as a word of its own (basf-uk) names it plainly, as one that is identical does.
    """
    offers = corpus.plain(is_chinese=False)
    for relation in ("identical", "typo", "typo_inside", "contains", "beside"):
        rng = random_for(f"udrp_{relation}")
        rows = [row for row in read_rows("decisions.jsonl.gz") if _relation(row) == relation]
        rng.shuffle(rows)
        cases = []
        for number, row in enumerate(rows[:count]):
            name, offer = f"udrp_{relation}-{number}", rng.choice(offers)
            title = rng.choice((f"{row['sign']} {offer.title}", f"{offer.title} | {row['domain']}"))
            cases.append(Case(listing=listing(name, title, offer), right=right(name, [row["mark"]])))
        headline: Policy = "any_use" if relation in ("identical", "beside") else "signals"
        is_alone = headline == "signals"
        yield Group(name=f"udrp_{relation}", wanted="alert", headline=headline, cases=tuple(cases), has_second=is_alone)


def _relation(row: Mapping[str, str]) -> str:
    """As decided; `beside` for a mark that a hyphen or figures part from the rest of the sign."""
    if row["relation"] != "contains":
        return row["relation"]
    mark, words = re.sub(r"[^a-z]", "", row["mark"].casefold()), re.split(r"[^a-z]+", row["sign"].casefold())
    runs = ("".join(words[first:end]) for end in range(len(words) + 1) for first in range(end))
    return "beside" if mark in runs else "contains"


def nicknames(corpus: Corpus, count: int) -> Iterator[Group]:
    """A nickname or emoji that the right lists as an alias: alone (a use, like the mark itself), and with a grade."""
    rng = random_for("nicknames")
    offers = corpus.plain(is_chinese=True)
    plain: list[Case] = []
    graded: list[Case] = []
    pairs = [(mark, nickname) for mark, names in NICKNAMES.items() for nickname in names]
    for number in range(min(count, 4 * len(pairs))):
        mark, nickname = pairs[number % len(pairs)]
        offer = rng.choice(offers)
        for cases, name, text in (
            (plain, f"nickname-{number}", nickname),
            (graded, f"nickname_graded-{number}", f"{nickname} {rng.choice(GRADES)} "),
        ):
            claimed = right(name, [mark], offer.classes, aliases=[nickname])
            cases.append(Case(listing=listing(name, placed(offer, text), offer), right=claimed))
    yield Group(name="nickname", wanted="alert", headline="any_use", cases=tuple(plain))
    yield Group(name="nickname_graded", wanted="alert", headline="signals", cases=tuple(graded))


def wording(corpus: Corpus, count: int) -> Iterator[Group]:
    """A mark named plainly, with wording that means a fake beside it, in five languages, and the wording disguised."""
    phrases = load_phrases()
    for language, texts in phrases.counterfeit.items():
        yield _worded(f"wording_{language}", corpus, MARKETS[language], texts, count)
    for language, texts in phrases.disguised.items():
        yield _worded(f"wording_hidden_{language}", corpus, language, texts, count)


def named(corpus: Corpus, language: str, rng: Random, goods: frozenset[str] = frozenset()) -> tuple[str, Offer, str]:
    """A mark, a real offer in that language (of these classes, if any), and its title naming the mark plainly."""
    is_chinese = language == "zh"
    marks = corpus.han_marks if is_chinese else corpus.latin_marks
    mark = rng.choice([mark for mark in marks if len(mark) >= (2 if is_chinese else 5)])
    offers = corpus.plain(is_chinese=is_chinese)
    offer = rng.choice([offer for offer in offers if not goods or goods & set(offer.classes)])
    return mark, offer, placed(offer, mark)


def _worded(name: str, corpus: Corpus, language: str, texts: Sequence[str], count: int) -> Group:
    rng = random_for(name)
    cases = []
    for number in range(count):
        mark, offer, _ = named(corpus, language, rng)
        phrase = texts[number % len(texts)]
        beside = rng.choice((f"{mark} {phrase}", f"{phrase} {mark}", f"【{phrase}】{mark}", f"{mark}({phrase})"))
        title = placed(offer, beside + " ")
        case_name = f"{name}-{number}"
        cases.append(Case(listing=listing(case_name, title, offer), right=right(case_name, [mark], offer.classes)))
    return Group(name=name, wanted="alert", headline="signals", cases=tuple(cases))
