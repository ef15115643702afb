"""Negatives that name the mark and are honest all the same: each has its reason not to alert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from random import Random
from typing import Any

from benchmarks.accuracy.compatible import compatible_titles
from benchmarks.accuracy.corpus import Corpus
from benchmarks.accuracy.making import listing, random_for, right
from benchmarks.accuracy.phrases import load_phrases
from benchmarks.accuracy.records import Case, Group, Offer, Wanted
from benchmarks.accuracy.signs import named

OWN_BRANDS = ("Velmora", "Tondex", "Quisani", "Braxelo", "Nuvetti", "Omdaro")  # invented
DURABLE = frozenset({"7", "9", "11", "14", "18", "25"})  # classes of goods that are sold second-hand
USUAL = {"usual_price": {"amount": "1000", "currency": "USD"}}
COMPANY = "91440300708461136T"  # a company code of the right form
IN_TIME = {"from": "2025-01-01", "to": "2027-12-31"}
OVER = {"from": "2022-01-01", "to": "2024-12-31"}


def screened(corpus: Corpus, count: int) -> Iterator[Group]:
    yield _compatible(corpus, count)
    real = tuple(islice(compatible_titles(corpus.honest, corpus.latin_marks, corpus.han_marks), count))
    yield Group(name="compatible_titles", wanted="silence", headline="any_use", cases=real)
    if corpus.labelled_compatible:
        cases = corpus.labelled_compatible
        yield Group(name="compatible_labelled", wanted="silence", headline="signals", cases=cases)
    yield _sellers("licensed", corpus, count)
    yield _sellers("own_shop", corpus, count)
    yield _sellers("licence_over", corpus, count)
    yield _resale(corpus, count)
    yield _negated(corpus, count)
    yield _homographs()


def _compatible(corpus: Corpus, count: int) -> Group:
    """Goods for the mark's goods, with its model, in a dozen languages."""
    rng = random_for("compatible")
    texts = [(language, text) for language, some in load_phrases().compatible.items() for text in some]
    cases = []
    for number in range(count):
        language, text = texts[number % len(texts)]
        mark, _, _ = named(corpus, language, rng)
        model = f"{rng.choice('ABDEGHKMNPRSTX')}{rng.randint(10, 9999)}"
        title = text.format(mark=mark, model=model, own=rng.choice(OWN_BRANDS))
        cases.append(_case(f"compatible-{number}", mark, title))
    return Group(name="compatible", wanted="silence", headline="any_use", cases=tuple(cases))


def _sellers(name: str, corpus: Corpus, count: int) -> Group:
    """Who may sell, and who may no more: known by account, company code or name."""
    rng = random_for(name)
    cases = []
    for number in range(count):
        mark, offer, title = named(corpus, rng.choice(("zh", "en")), rng)
        case_name = f"{name}-{number}"
        seller, facts = _seller_facts(name, case_name, rng)
        cases.append(_case(case_name, mark, title, offer, facts, seller=seller))
    wanted: Wanted = "alert" if name == "licence_over" else "silence"
    return Group(name=name, wanted=wanted, headline="any_use", cases=tuple(cases), counts=False)


def _seller_facts(name: str, case: str, rng: Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """The seller, and the right's facts about it."""
    known = rng.choice(({"seller_id": f"shop {case}"}, {"uscc": COMPANY}, {"name": f"Company of {case} Ltd"}))
    seller = {"id": known.get("seller_id", f"account {case}"), "name": known.get("name", f"trading name {case}")}
    seller |= {"uscc": COMPANY} if "uscc" in known else {}
    if name == "own_shop":
        sellers = [{"platform": "benchmark", "seller_id": known["seller_id"]}] if "seller_id" in known else []
        holder = {"id": f"holder {case}", "sellers": sellers} | {k: v for k, v in known.items() if k != "seller_id"}
        return seller, {"holder": holder}
    if name == "licensed":
        return seller, {"licensees": [known | rng.choice((IN_TIME, {"platforms": ["benchmark"]}, {}))]}
    return seller, {"licensees": [known | rng.choice((OVER, {"platforms": ["another platform"]}))]}


def _resale(corpus: Corpus, count: int) -> Group:
    """Genuine second-hand durable goods at 35 to 80 % of the usual price: by wording, or by the listing's condition."""
    rng = random_for("resale")
    texts = [(language, text) for language, some in load_phrases().resale.items() for text in some]
    cases = []
    for number in range(count):
        language, text = texts[number % len(texts)]
        mark, offer, title = named(corpus, language, rng, DURABLE)
        changes = {"price": f"{rng.randint(350, 800)}.00", "currency": "USD"}
        if rng.random() < 0.3:
            changes["condition"] = "used"
        else:
            title = text.format(title=title)
        cases.append(_case(f"resale-{number}", mark, title, offer, USUAL, **changes))
    return Group(name="resale", wanted="silence", headline="any_use", cases=tuple(cases))


def _negated(corpus: Corpus, count: int) -> Group:
    """The mark, and wording that says that it is no fake."""
    rng = random_for("negated")
    texts = [(language, text) for language, some in load_phrases().negated.items() for text in some]
    cases = []
    for number in range(count):
        language, text = texts[number % len(texts)]
        mark, offer, title = named(corpus, language, rng)
        title = rng.choice((f"{title} {text}", f"{title}, {text}", f"{title}【{text}】", f"{text} {title}"))
        cases.append(_case(f"negated-{number}", mark, title, offer))
    return Group(name="negated", wanted="silence", headline="signals", cases=tuple(cases))


def _homographs() -> Group:
    cases = [
        _case(f"homograph-{number}", mark, title) for number, (mark, title) in enumerate(load_phrases().homographs)
    ]
    return Group(name="homograph", wanted="silence", headline="signals", cases=tuple(cases))


def _case(
    name: str, mark: str, title: str, offer: Offer | None = None, facts: Mapping[str, Any] | None = None, **changes: Any
) -> Case:
    classes = offer.classes if offer else ()
    return Case(listing=listing(name, title, offer, **changes), right=right(name, [mark], classes, **(facts or {})))
