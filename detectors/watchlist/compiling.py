"""Compiles rights to a segment: the columns and the patterns of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from detectors.goods.classes import registered_bits
from detectors.kernels import codes
from detectors.patents.claims import claim_triggers
from detectors.patents.keys import right_key
from detectors.rights import Right
from detectors.sampling import subject_key
from detectors.territories import with_members
from detectors.watchlist.force import in_force
from detectors.watchlist.near import build_near, no_near
from detectors.watchlist.patterns import build_patterns
from detectors.watchlist.pictures import PictureCodes, PictureDigests, PictureRow, digest_rows, picture_rows
from detectors.watchlist.rules import Rules
from detectors.watchlist.segment import Facts, Segment
from detectors.watchlist.sellers_named import SellersNamed, seller_key
from detectors.watchlist.strings import Strings

PATENT_KINDS = ("design", "invention", "utility_model")

Phrases = Sequence[tuple[str, int]]


class TerritorySets:
    """Numbers the sets of territories as they come; number 0 is everywhere."""

    def __init__(self, known: Iterable[frozenset[str]] = (frozenset(),)) -> None:
        self._numbers = {places: number for number, places in enumerate(known)}
        self._by_written: dict[tuple[str, ...], int] = {}

    def number(self, territories: tuple[str, ...]) -> int:
        number = self._by_written.get(territories)
        if number is None:
            number = self._numbers.setdefault(with_members(territories), len(self._numbers))
            self._by_written[territories] = number
        return number

    def all(self) -> tuple[frozenset[str], ...]:
        return tuple(self._numbers)


def all_phrases(rules: Rules) -> Phrases:
    """What is looked for whatever the rights are, and of which kind."""
    return [(phrase.text, phrase.kind) for phrase in rules.phrases] + [
        (trigger, codes.CLAIM_TRIGGER) for trigger in claim_triggers(rules.patents)
    ]


def compile_segment(
    rights: Iterable[Right], documents: Sequence[bytes], rules: Rules, phrases: Phrases, territories: TerritorySets
) -> Segment:
    """The segment of `rights`, in the order of their ids; `documents` are their JSON. Looks at each right once."""
    texts: dict[str, int] = {}
    links: list[tuple[int, int]] = []
    facts: list[tuple[int, ...]] = []
    ids: list[bytes] = []
    sellers: set[int] = set()
    numbers: list[tuple[bytes, int]] = []
    pictures: list[PictureRow] = []
    digests: list[tuple[str, int, int]] = []
    no_parts = rules.goods.no_parts
    for row, right in enumerate(rights):
        ids.append(right.right_id.encode("utf-8", "replace"))
        facts.append((
            subject_key(right.right_id),
            *in_force(right),
            territories.number(right.territories),
            right.policy == "any_use",
            right.usual_price is not None,
            bool(registered_bits(right.classes) & no_parts),
        ))  # fmt: skip
        sellers.update(_seller_keys(right))
        pictures += picture_rows(right, row)
        digests += digest_rows(right, row)
        if right.kind == "trademark":
            named = dict.fromkeys((*right.marks, *right.aliases, *rules.nicknames_of(right.marks)))
            links += [(texts.setdefault(text, len(texts)), row) for text in named]
        elif right.kind in PATENT_KINDS and right.number:
            numbers.append((right_key(right.office, right.number).encode(), row))
    numbers.sort()
    marks = len(texts)
    written = [*texts, *(text for text, _ in phrases)]
    patterns = build_patterns(written, [codes.MARK] * marks + [kind for _, kind in phrases])
    by_text = np.array(links, np.int64).reshape(-1, 2)
    starts = np.zeros(len(written) + 1, np.int32)
    np.cumsum(np.bincount(by_text[:, 0], minlength=len(written)), out=starts[1:])
    return Segment(
        patterns=patterns,
        near=build_near(patterns) if rules.near_spellings else no_near(),
        texts=Strings.pack(text.encode("utf-8", "replace") for text in written),
        links=starts,
        link_rights=by_text[np.argsort(by_text[:, 0], kind="stable"), 1].astype(np.int32),
        right_ids=Strings.pack(ids),
        documents=Strings.pack(documents),
        facts=_facts(facts),
        sellers=SellersNamed.of(sellers),
        numbers=np.array([number for number, _ in numbers], np.bytes_),
        number_rights=np.array([row for _, row in numbers], np.int32),
        pictures=PictureCodes.of(pictures),
        digests=PictureDigests.of(digests),
    )


def _facts(rows: Sequence[tuple[int, ...]]) -> Facts:
    keys, first, last, places, any_use, price, no_parts = np.array(rows, np.int64).reshape(-1, len(Facts._fields)).T
    return Facts(
        subject_keys=keys.astype(np.uint32),
        force_from=first.astype(np.int32),
        force_to=last.astype(np.int32),
        territory_sets=places.astype(np.int32),
        any_use=any_use.astype(np.bool_),
        has_price=price.astype(np.bool_),
        has_no_parts=no_parts.astype(np.bool_),
    )


def _seller_keys(right: Right) -> list[int]:
    named = [("id", shop.seller_id) for shop in right.holder.sellers]
    named += [("uscc", right.holder.uscc or ""), ("name", right.holder.name or "")]
    for licensee in right.licensees:
        named += [("id", licensee.seller_id or ""), ("uscc", licensee.uscc or ""), ("name", licensee.name or "")]
    named += [("id", allow.seller_id or "") for allow in right.allow]
    return [seller_key(kind, value) for kind, value in named if value]
