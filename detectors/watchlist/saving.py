"""A base as plain arrays and a small document, and back: what a snapshot of the watchlist holds.

Which arrays there are is said by the records themselves: a column that is added to one of them is saved too. Nothing is
copied or read on the way back, so arrays that are mapped from a file stay there until somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from detectors.calibration.document import read_calibration
from detectors.errors import RightError, RightswatchError
from detectors.rights import Register, parse_register
from detectors.versions import DETECTOR_VERSION
from detectors.watchlist.allowed import parse_allowed, parse_pdq
from detectors.watchlist.base import Allowance, Base, Standing
from detectors.watchlist.beside import Beside
from detectors.watchlist.columns import Watchlist
from detectors.watchlist.revisions import Revisions
from detectors.watchlist.rules import RulesError, default_rules, read_rules
from detectors.watchlist.segment import Segment

Arrays = Mapping[str, NDArray[np.generic]]
INDEX = "segment.pictures.index."

Record = TypeVar("Record")


class SavedError(RightswatchError):
    """What was saved does not have the form that this version saves."""


@dataclass(frozen=True, slots=True)
class Columns:
    """All arrays of a base but those of the index of fingerprints."""

    segment: Segment
    beside: Beside
    revisions: Revisions


@dataclass(frozen=True, slots=True)
class Saved:
    """document: what JSON can hold, a few kilobytes and the rule pack. arrays: by name, of any size."""

    document: dict[str, Any]
    arrays: Arrays


def save(base: Base) -> Saved:
    """Everything about a base. Makes the index of fingerprints, if it was not needed yet."""
    watchlist, standing = base.watchlist, base.standing
    columns = Columns(watchlist.base, watchlist.beside, base.revisions)
    arrays = dict(_arrays(columns, ""))
    arrays |= {INDEX + name: array for name, array in watchlist.base.pictures.index_arrays().items()}
    document = {
        "detector": DETECTOR_VERSION,
        "rules": watchlist.rules.version,
        "revision": watchlist.revision,
        "rights": len(watchlist.base),
        "territories": [sorted(places) for places in watchlist.territories],
        "pack": dict(standing.pack),
        "rules_revision": standing.rules_revision,
        "registers": [_register(one) for one in standing.registers],
        "allowed": [_allowance(pdq, one) for pdq, one in standing.allowed.items()],
        "verdicts": dict(standing.verdicts),
        "calibration_revision": standing.calibration_revision,
    }
    return Saved(document, arrays)


def restore(saved: Saved) -> Base:
    """The base that was saved, over the arrays as they are.

    Raises:
        SavedError: another version saved it, or something is missing.
    """
    try:
        return _restored(saved.document, saved.arrays)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, RightError, RulesError) as error:
        raise SavedError(f"it lacks something or has it in another form ({type(error).__name__}: {error})") from error


def _restored(document: Mapping[str, Any], arrays: Arrays) -> Base:
    rules = read_rules(document["pack"]) if document["pack"] else default_rules()
    if (document["detector"], document["rules"]) != (DETECTOR_VERSION, rules.version):
        raise SavedError(f"it was compiled by detectors {document['detector']} with the rules {document['rules']}")
    columns = _record(Columns, arrays, "")
    index = {name.removeprefix(INDEX): array for name, array in arrays.items() if name.startswith(INDEX)}
    segment = replace(columns.segment, pictures=columns.segment.pictures.with_index(index))
    standing = Standing(
        rules=rules,
        pack=document["pack"],
        rules_revision=document["rules_revision"],
        registers=tuple(parse_register(one) for one in document["registers"]),
        allowed={parse_pdq(one["pdq"]): _read_allowance(one) for one in document["allowed"]},
        calibration=read_calibration(document["verdicts"]),
        verdicts=document["verdicts"],
        calibration_revision=document["calibration_revision"],
    )
    watchlist = Watchlist(
        revision=document["revision"],
        base=segment,
        territories=tuple(frozenset(places) for places in document["territories"]),
        registers=standing.registers,
        rules=rules,
        beside=columns.beside,
        versions=standing.versions(),
        allowed=standing.allowed_pictures(),
        calibration=standing.calibration,
    )
    if len(segment) != document["rights"]:
        raise SavedError(f"it holds {len(segment)} rights, not {document['rights']}")
    return Base(watchlist, columns.revisions, standing, number=0)


def _arrays(record: Any, name: str) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Every array in a record of records, by the way to it."""
    for part in _parts(type(record)):
        value = getattr(record, part)
        if isinstance(value, np.ndarray):
            yield name + part, value
        else:
            yield from _arrays(value, f"{name}{part}.")


def _record(kind: type[Record], arrays: Arrays, name: str) -> Record:
    """The record of this kind whose arrays have these names."""
    hints = get_type_hints(kind)
    parts = {
        part: arrays[name + part]
        if get_origin(hints[part]) is np.ndarray
        else _record(hints[part], arrays, f"{name}{part}.")
        for part in _parts(kind)
    }
    return kind(**parts)


def _parts(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else kind._fields


def _register(register: Register) -> dict[str, Any]:
    return {
        "office": register.office,
        "kinds": list(register.kinds),
        "from": register.from_year,
        "to": register.to_year,
    }


def _allowance(pdq: str, one: Allowance) -> dict[str, Any]:
    if one.picture is None:
        return {"pdq": pdq, "revision": one.revision}
    return {"pdq": pdq, "revision": one.revision, "state": one.picture.state, "distance": one.picture.distance}


def _read_allowance(document: Mapping[str, Any]) -> Allowance:
    return Allowance(document["revision"], parse_allowed(document) if "state" in document else None)
