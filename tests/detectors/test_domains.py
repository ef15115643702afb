"""Marks inside the names of domains: the kernel against its twin, and what that amounts to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.kernels import codes
from tests.detectors import naive_fold
from tests.detectors.floor import outcome, right, screen
from tests.detectors.matched import match
from tests.detectors.naive_domains import in_domain

MARKS = ("LUMORA", "Gmail", "IQOS", "CNN")
PIECES = (
    "lumora", "gmail", "iqos", "cnn", "-", ".", " ", "com", "shop", "cn", "x", "8", "support", "中", "。", "comfort",
    "",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_a_mark_in_a_domain_is_told_as_the_twin_tells_it(title: str) -> None:
    _, hits = match([{"title": title}], MARKS, [codes.MARK] * len(MARKS))
    field = naive_fold.fold([title])[0]
    for row in range(len(hits)):
        expected = in_domain(field, int(hits.symbols[row]), int(hits.lengths[row]))
        assert bool(hits.context[row] & codes.IN_DOMAIN) == expected


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("mini displayport adapter | gmail-support-australia.com", "Gmail"),
        ("iqos88.shop kettle", "IQOS"),
        ("buy at www.lumora-outlet.co.uk today", "LUMORA"),
        ("buy at www.lumoras.co.uk today", "LUMORA"),
    ],
)
def test_a_domain_that_adds_to_the_mark_alerts_and_says_so(title: str, mark: str) -> None:
    (alert,) = screen(title, right(marks=[mark])).alerts
    assert "in_domain" in alert.signals
    assert "part of a longer domain name" in alert.explanation


@pytest.mark.parametrize(
    "title",
    [
        "bag from lumora.com",
        "www.lumora.com bag",
        "a LUMORA-style bag.Good quality",
        "LUMORA-type bag",
        "lumora-bag.jpg",
    ],
)
def test_the_marks_own_domain_and_what_is_no_domain_say_nothing(title: str) -> None:
    assert outcome(title, right(marks=["LUMORA"])) == "mention"


@pytest.mark.parametrize(
    ("title", "mark", "what"),
    [
        ("kettle | target-practice.com", "Target", "mention"),
        ("kettle | targets-online.com", "Targets", "mention"),
        ("camera | powersellerdigital.com", "Powers", "similar"),
        ("radio | worldcnn.com", "CNN", "similar"),
        ("golf | globalgolf.com", "Glo", "nothing"),
    ],
)
def test_an_everyday_word_and_three_letters_say_little_in_domains_too(title: str, mark: str, what: str) -> None:
    assert outcome(title, right(marks=[mark])) == what


def test_a_denial_speaks_of_domains_too() -> None:
    assert outcome("kettle, not lumora-shop.com", right(marks=["LUMORA"])) == "mention"
