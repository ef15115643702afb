"""What the trade calls a mark, from the rule pack's lexicon: 驴牌 for Louis Vuitton, 椰子 (a coconut) for YEEZY."""

from __future__ import annotations

from dataclasses import dataclass

from detectors.rights import Right
from detectors.watchlist.rules import Rules

NICKNAME = "nickname"
NICKNAME_OF = "the trade's nickname of "


@dataclass(frozen=True, slots=True)
class Nicknames:
    """A right's nicknames, less what the right names as its own; each with the mark that it stands for.

    `everyday`: those that are ordinary words too.
    """

    stands_for: dict[str, str]
    everyday: frozenset[str]

    def counts(self, text: str, *, is_coded: bool) -> bool:
        """Whether a place of `text` says anything: an ordinary word does where counterfeit wording stands beside it."""
        return is_coded or text not in self.everyday

    def step(self, text: str, step: str) -> tuple[str, str | None]:
        """How the place was found, and what a reader must know of it."""
        mark = self.stands_for.get(text)
        if mark is None:
            return step, None
        return (NICKNAME if step == "identical" else step), NICKNAME_OF + mark


NONE = Nicknames({}, frozenset())


def nicknames_of(right: Right, rules: Rules) -> Nicknames:
    named = rules.nicknames_of(right.marks)
    if not named:
        return NONE  # most rights
    own = {*right.marks, *right.aliases}
    named = {name: entry for name, entry in named.items() if name not in own}
    return Nicknames(
        {name: entry.marks[0] for name, entry in named.items()},
        frozenset(name for name, entry in named.items() if name in entry.also_words),
    )
