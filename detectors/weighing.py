"""Weigh: what a right's marks in a listing, and the goods they stand on, amount to: signals, or a reason not to alert.

The reasons come in this order: who sells and what the right allows (mark.py), other goods, a mark too short to be
more than chance, goods for the mark, resale, plain speech, mention.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detectors.goods.offer import FIRST_CJK
from detectors.goods.use import MarkUse
from detectors.records import Listing
from detectors.rights import Right
from detectors.screening import Group

SHORT_LETTERS = 4  # below it, ordinary letters and figures spell a mark every day


class Finding(NamedTuple):
    """What a group shows before its goods are read. `screened` is a reason that needs no look at the goods."""

    group: Group
    listing: Listing
    right: Right
    disguised: list[int]  # its hits that hide the mark
    is_similar: bool  # its hits are near the mark and none is the mark, or proves a disguise
    is_likely: bool  # ... and its goods are enough to say that the mark is meant
    is_short: bool  # nothing longer than a short mark is disguised
    is_everyday: bool  # no letters but those of an everyday abbreviation or word of three
    is_coded: bool  # counterfeit wording speaks of it
    is_in_domain: bool  # part of a longer name of a domain
    is_cheap: bool
    is_compatible: bool  # named everywhere as what the goods are for
    is_denied: bool  # named everywhere as what the goods are not
    screened: str | None


class Weighed(NamedTuple):
    """The signals that speak for an alert, and the reason that speaks against it (None: there is none)."""

    signals: tuple[str, ...]
    screened: str | None


def is_mere_mention(finding: Finding) -> bool:
    """Whether the mark is named plainly, or denied, and nothing else speaks, whatever the goods."""
    matters = finding.is_cheap or finding.is_in_domain or finding.right.policy == "any_use"
    lifted = finding.disguised or finding.is_coded or finding.is_likely or (matters and not finding.is_denied)
    return finding.screened is None and not lifted and not finding.is_compatible


def weigh_finding(finding: Finding, use: MarkUse) -> Weighed:
    """What the finding amounts to on these goods."""
    further = ["price_far_under"] * (finding.is_cheap and use.has_comparable_price)
    further += ["in_domain"] * finding.is_in_domain
    further += ["any_use"] * (finding.right.policy == "any_use")
    if use.is_other_goods:
        return Weighed(("mark",), "other_goods")
    if finding.is_short and not (finding.is_coded or further or use.fits):
        return Weighed(("mark",), "short_mark")
    if finding.is_everyday and not (finding.is_coded or further):
        return Weighed(("mark",), "short_mark")
    if not finding.disguised and not finding.is_coded:
        further += ["doubtful_fit"] * (finding.is_compatible and use.is_doubtful_fit)
        near_goods = finding.is_likely and use.fits
        screened = _screen_plain(finding, use, [*further, *["goods_match"] * near_goods])
        if screened is not None:
            return Weighed(("mark",), screened)
    near = ["similar"] * finding.is_similar
    strong = ["disguise"] * bool(finding.disguised) + ["counterfeit_wording"] * finding.is_coded
    return Weighed(("mark", *near, *strong, *further, *["goods_match"] * use.fits), None)


def _screen_plain(finding: Finding, use: MarkUse, further: Sequence[str]) -> str | None:
    """Why a mark that is neither disguised nor beside counterfeit wording does not alert, or None."""
    is_for_the_mark = finding.is_compatible or use.is_part_of_another_brand or use.is_cover_for_model
    if is_for_the_mark and "doubtful_fit" not in further:
        return "compatible_use"
    if use.is_resale:
        return "resale"
    if use.is_descriptive:
        return "descriptive"
    return None if further else unlifted(finding)


def unlifted(finding: Finding) -> str:
    """The name of a finding that no signal speaks for."""
    return "similar" if finding.is_similar else "mention"


def is_short(mark: str) -> bool:
    """Under four letters, or one Chinese character: what chance spells every day."""
    symbols = [char for char in mark if char.isalnum()]
    is_asian = any(ord(char) >= FIRST_CJK for char in symbols)
    return len(symbols) < (2 if is_asian else SHORT_LETTERS)
