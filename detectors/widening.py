"""Whether a changed right may find something in listings that its older form would have left alone. Pure functions.

A sweep over stored listings costs time, a missed one costs alerts: what is not known to narrow counts as widening, also
a field that this module has never heard of. One exception is let pass: a mark taken away may turn another's plain
spelling into a disguise (NIKE, when N1KE goes); who withdraws a mark does not ask for more alerts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from detectors.rights import Holder, Right, UsualPrice
from detectors.territories import with_members
from detectors.watchlist.allowed import RELEASED, AllowedPicture
from detectors.watchlist.force import in_force

SWEPT_KINDS = ("trademark",)  # patents are found by their numbers, which no sweep looks for yet
# Said about a right, but not read by any detector that looks for marks.
UNREAD = frozenset(
    {
        "right_id",
        "office",
        "number",
        "title",
        "status_as_of",
        "filed_on",
        "abstract",
        "claims",
    }
)
IN_FORCE = frozenset({"status", "status_since", "granted_on", "expires_on"})  # together: see `_longer_in_force`
TEXTS = frozenset({"marks", "aliases"})  # looked for alike
PICTURES = frozenset({"images"})  # found by their fingerprints


def widens(before: Right | None, after: Right) -> bool:
    """Whether `after` may find what `before` did not; None: there was no right."""
    if not _texts(after) and not _pictures(after):
        return False
    if before is None:
        return True
    if _longer_in_force(before, after) or not _texts(after) <= _texts(before):
        return True
    if not _pictures(after) <= _pictures(before):
        return True
    others = (field.name for field in fields(Right) if field.name not in UNREAD | IN_FORCE | TEXTS | PICTURES)
    return any(_is_wider(name, before, after) for name in others) or _allows_fewer_pictures(before, after)


def alerts_more(before: AllowedPicture, after: AllowedPicture | None) -> bool:
    """Whether pictures alert that an entry of the allow-list kept from it; None: the entry is gone."""
    if before.state == RELEASED:
        return False
    return after is None or after.state == RELEASED or after.distance < before.distance


def _allows_fewer_pictures(before: Right, after: Right) -> bool:
    """The distance is also that of the pictures that a right allows."""
    return after.image_distance < before.image_distance and any(allow.pdq for allow in after.allow)


def _is_wider(name: str, before: Right, after: Right) -> bool:
    was, now = getattr(before, name), getattr(after, name)
    narrows = _NARROWS.get(name)
    return was != now and (narrows is None or not narrows(was, now))


def _longer_in_force(before: Right, after: Right) -> bool:
    (first, last), (since, until) = in_force(before), in_force(after)
    return since <= until and (since < first or until > last or first > last)


def _texts(right: Right) -> set[str]:
    """What is looked for in words."""
    return {*right.marks, *right.aliases} if right.kind in SWEPT_KINDS else set()


def _pictures(right: Right) -> set[str]:
    usable = (image for image in right.images if image.pdq is not None and image.is_usable)
    return {pdq.lower() for image in usable for pdq in (image.pdq or "", *(view for _, view in image.views))}


def _fewer_places(was: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """None mean everywhere."""
    return not was or (bool(now) and with_members(now) <= with_members(was))


def _fewer_classes(was: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """None mean all goods."""
    return not was or (bool(now) and set(now) <= set(was))


def _more_excused(was: tuple[object, ...], now: tuple[object, ...]) -> bool:
    """Licensees, allow-lists: each entry only ever keeps alerts back."""
    return set(was) <= set(now)


def _more_own_shops(was: Holder, now: Holder) -> bool:
    """A new account or code speaks against those who bear the holder's name alone, so with a name nothing is sure."""
    same_or_more = set(was.sellers) <= set(now.sellers) and was.uscc in (None, now.uscc)
    is_same = (set(was.sellers), was.uscc, was.name) == (set(now.sellers), now.uscc, now.name)
    return is_same or (was.name is None and same_or_more)


def _lower_price(was: UsualPrice | None, now: UsualPrice | None) -> bool:
    """A price is far under the usual one the more often, the higher that is."""
    return now is None or (was is not None and now.currency == was.currency and now.amount <= was.amount)


_NARROWS: dict[str, Callable[..., bool]] = {
    "holder": _more_own_shops,
    "territories": _fewer_places,
    "classes": _fewer_classes,
    "well_known": lambda _was, now: not now,
    "usual_price": _lower_price,
    "licensees": _more_excused,
    "allow": _more_excused,
    "policy": lambda _was, now: now == "signals",
    "image_distance": lambda was, now: now <= was,
    "score_threshold": lambda was, now: now >= was,
}
"""For each field that a detector reads: whether the change from the first value to the second can only narrow."""
