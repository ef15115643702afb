"""A base: a watchlist compiled as a whole, and all that must be known to go on from it.

It needs no entry of the log that it has taken in, so it can be saved (`saving.py`) and put in force elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from detectors.calibration.document import UNCALIBRATED, Calibration
from detectors.rights import Register, parse_right
from detectors.versions import DETECTOR_VERSION
from detectors.watchlist.allowed import AllowedPicture, AllowedPictures
from detectors.watchlist.beside import compile_beside
from detectors.watchlist.columns import Watchlist
from detectors.watchlist.compiling import TerritorySets, all_phrases, compile_segment
from detectors.watchlist.revisions import Revisions
from detectors.watchlist.rules import Rules


class Change(NamedTuple):
    """What was last said of a right: its JSON, or None when it was withdrawn."""

    revision: int
    document: bytes | None


class Allowance(NamedTuple):
    """What was last said of a picture that counts for no right; None when that was taken back."""

    revision: int
    picture: AllowedPicture | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds beside the rights, and since which revision. Of registers and pictures there are few.

    pack: the TOML texts that `rules` were read from, by file name; none for those that ship. verdicts: the document
    that `calibration` was read from; empty for none.
    """

    rules: Rules
    pack: Mapping[str, str] = field(default_factory=dict)
    rules_revision: int = 0
    registers: tuple[Register, ...] = ()
    allowed: Mapping[str, Allowance] = field(default_factory=dict)
    calibration: Calibration = UNCALIBRATED
    verdicts: Mapping[str, Any] = field(default_factory=dict)
    calibration_revision: int = 0

    def allowed_pictures(self) -> AllowedPictures:
        return AllowedPictures.of(one.picture for one in self.allowed.values() if one.picture is not None)

    def versions(self) -> dict[str, str]:
        """What stands in every alert; without a calibration in force it is not named, as before there were any."""
        calibrated = {"calibration": self.calibration.version} if self.calibration.version else {}
        return {"detector": DETECTOR_VERSION, "rules": self.rules.version, **calibrated}


@dataclass(frozen=True, slots=True)
class Base:
    """A watchlist compiled as a whole. `number` is one above that of the base it was made from; 0: it was saved."""

    watchlist: Watchlist
    revisions: Revisions
    standing: Standing
    number: int

    @property
    def revision(self) -> int:
        return self.watchlist.revision

    def what_is_known(self, right_id: str) -> tuple[int | None, int | None]:
        """The right's row, if it has one, and the revision at which it was put or withdrawn, if it ever was."""
        row = self.watchlist.base.row_of(right_id)
        if row is not None:
            return row, int(self.revisions.held[row])
        return None, self.revisions.of_withdrawn(right_id.encode("utf-8", "replace"))


def compile_base(
    base: Base | None, changed: Mapping[str, Change], standing: Standing, allowed: AllowedPictures, revision: int
) -> Base:
    """Everything that the base holds and the changes leave, and what they put. `allowed` is that of `standing`."""
    held, withdrawn = _what_holds(base, changed)
    ids = sorted(held)
    documents = [held[right_id][1] for right_id in ids]
    rules, territories = standing.rules, TerritorySets()
    rights = (parse_right(orjson.loads(document)) for document in documents)
    segment = compile_segment(rights, documents, rules, all_phrases(rules), territories)
    watchlist = Watchlist(
        revision=revision,
        base=segment,
        territories=territories.all(),
        registers=standing.registers,
        rules=rules,
        beside=compile_beside(rules.beside, segment.texts, segment.patterns),
        versions=standing.versions(),
        allowed=allowed,
        calibration=standing.calibration,
    )
    revisions = Revisions.of([held[right_id][0] for right_id in ids], withdrawn)
    return Base(watchlist, revisions, standing, 1 if base is None else base.number + 1)


def _what_holds(
    base: Base | None, changed: Mapping[str, Change]
) -> tuple[dict[str, tuple[int, bytes]], dict[str, int]]:
    """Revision and JSON of each right that is held, and the revision of each that was withdrawn."""
    held = {right_id: (revision, document) for right_id, (revision, document) in changed.items() if document}
    withdrawn = {right_id: revision for right_id, (revision, document) in changed.items() if not document}
    if base is not None:
        segment = base.watchlist.base
        for row, revision in enumerate(base.revisions.held.tolist()):
            right_id = segment.right_ids[row]
            if right_id not in changed:
                held[right_id] = revision, segment.documents.raw(row)
        before = base.revisions.all_withdrawn()
        withdrawn |= {right_id: before[right_id] for right_id in before.keys() - changed.keys()}
    return held, withdrawn
