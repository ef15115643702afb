"""A right as the contract writes it, checked on the way in. Pure functions, no I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from detectors.errors import RightError
from detectors.pictures.fingerprint import USABLE_QUALITY
from detectors.pictures.placement import Box

KINDS = ("trademark", "design", "invention", "utility_model")
STATUSES = ("granted", "pending", "lapsed", "expired", "invalidated", "withdrawn")
POLICIES = ("signals", "any_use")
MAX_DISTANCE = 90  # of 256 bits; half of all pictures are within 128 of each other by chance
MAX_VIEWS = 32  # of one picture
WHOLE_VIEW = "whole"
MAX_PIXELS = 1e6  # of a picture's side
LARGEST = 1e300  # numbers past it are nobody's price; NaN and infinities are not below it either


@dataclass(frozen=True, slots=True)
class ShopRef:
    """A seller account; `platform` None means on any platform."""

    seller_id: str
    platform: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    id: str | None = None
    name: str | None = None
    uscc: str | None = None
    sellers: tuple[ShopRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Licensee:
    """Who may sell, where (no platforms: everywhere) and when (no date: unbounded)."""

    seller_id: str | None = None
    uscc: str | None = None
    name: str | None = None
    platforms: tuple[str, ...] = ()
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True)
class UsualPrice:
    amount: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RightImage:
    """A picture that is watched for. `views`: names and fingerprints of parts of it, as `rights import` makes them."""

    path: str | None = None
    pdq: str | None = None
    quality: int | None = None
    views: tuple[tuple[str, str], ...] = ()
    digest: str | None = None  # SHA-256 of its bytes, hex: what the operational database keeps more of it under
    windows: tuple[tuple[str, Box], ...] = ()  # of "whole" and of views by name: where they are in its published pixels

    @property
    def is_usable(self) -> bool:
        """Whether there is enough in the picture for its fingerprint to tell it from others."""
        return self.quality is None or self.quality >= USABLE_QUALITY

    def window(self, view: int) -> Box | None:
        """Where a view is; 0 is the whole, others are counted from 1 as `views` are."""
        name = self.views[view - 1][0] if view else WHOLE_VIEW
        return next((box for named, box in self.windows if named == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """What must not alert for this right: a seller, a picture fingerprint or a phrase."""

    seller_id: str | None = None
    pdq: str | None = None
    phrase: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One registered right on the watchlist."""

    right_id: str
    kind: str
    office: str | None = None
    number: str | None = None
    title: str | None = None
    holder: Holder = Holder()
    status: str = "granted"
    status_since: date | None = None
    status_as_of: date | None = None
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    territories: tuple[str, ...] = ()  # none: everywhere
    classes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    well_known: bool = False
    usual_price: UsualPrice | None = None
    abstract: str | None = None
    claims: tuple[str, ...] = ()
    images: tuple[RightImage, ...] = ()
    licensees: tuple[Licensee, ...] = ()
    allow: tuple[Allow, ...] = ()
    policy: str = "signals"
    score_threshold: float = 0.5
    image_distance: int = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A statement that the watchlist holds a whole register: `not_found` may be said for these years."""

    office: str
    kinds: tuple[str, ...]
    from_year: int
    to_year: int


def parse_right(document: Any) -> Right:
    """The contract's JSON object as a Right.

    Raises:
        RightError: a required field is missing, there is nothing to match, or a value has the wrong form.
    """
    fields = _Fields(document)
    right = Right(
        right_id=fields.required("right_id"),
        kind=fields.choice("kind", KINDS, None),
        office=(fields.text("office") or "").upper() or None,
        number=fields.text("number"),
        title=fields.text("title"),
        holder=_holder(fields.mapping("holder")),
        status=fields.choice("status", STATUSES, "granted"),
        status_since=fields.date("status_since"),
        status_as_of=fields.date("status_as_of"),
        filed_on=fields.date("filed_on"),
        granted_on=fields.date("granted_on"),
        expires_on=fields.date("expires_on"),
        territories=tuple(territory.upper() for territory in fields.texts("territories")),
        classes=fields.texts("classes"),
        marks=fields.texts("marks"),
        aliases=fields.texts("aliases"),
        well_known=fields.flag("well_known"),
        usual_price=_usual_price(fields.mapping("usual_price")),
        abstract=fields.text("abstract"),
        claims=fields.texts("claims"),
        images=tuple(_image(entry) for entry in fields.mappings("images")),
        licensees=tuple(_licensee(entry) for entry in fields.mappings("licensees")),
        allow=tuple(_allow(entry) for entry in fields.mappings("allow")),
        policy=fields.choice("policy", POLICIES, "signals"),
        score_threshold=fields.mapping("threshold").number("score", 0.5, 0.0, 1.0),
        image_distance=int(fields.mapping("threshold").number("image_distance", 31, 0, MAX_DISTANCE)),
    )
    if not (right.marks or right.number or right.images or right.claims or right.abstract):
        raise RightError(
            "marks", "nothing to match: give at least one of marks, number, images, claims, abstract", right.right_id
        )
    return right


def parse_register(document: Any) -> Register:
    """The body of a `{"register": ...}` line.

    Raises:
        RightError: the office or the kinds are missing or unknown, or the years are not whole numbers in order.
    """
    fields = _Fields(document, "register.")
    kinds = fields.texts("kinds")
    if not kinds or any(kind not in KINDS for kind in kinds):
        raise RightError("register.kinds", f"give a list out of {', '.join(KINDS)}")
    first, last = (fields.number(name, -1, -1, 9999) for name in ("from", "to"))
    if first < 0 or last < first or first % 1 or last % 1:
        raise RightError("register.from", "give the years `from` and `to` as whole numbers, in order")
    return Register(office=fields.required("office").upper(), kinds=kinds, from_year=int(first), to_year=int(last))


class _Fields:
    """Typed look-ups in one JSON object; every complaint carries the field's full name and the right's id."""

    def __init__(self, document: Any, path: str = "", right_id: str | None = None) -> None:
        if not isinstance(document, Mapping):
            raise RightError(path.rstrip(".") or "line", "must be a JSON object", right_id)
        self._document = document
        self._path = path
        identity = document.get("right_id")
        is_named = isinstance(identity, str | int) and not isinstance(identity, bool)
        self._right_id = right_id or (str(identity) if is_named else None)

    def error(self, name: str, problem: str) -> RightError:
        return RightError(self._path + name, problem, self._right_id)

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise self.error(name, "is required: give a non-empty text")
        return value

    def text(self, name: str) -> str | None:
        value = self._document.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.error(name, f"must be a text, not {type(value).__name__}")
        return str(value).strip() or None

    def texts(self, name: str) -> tuple[str, ...]:
        values = self._document.get(name) or []
        if not isinstance(values, list) or any(isinstance(v, bool) or not isinstance(v, str | int) for v in values):
            raise self.error(name, "must be a list of texts")
        return tuple(text for text in (str(value).strip() for value in values) if text)

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None) -> str:
        value = self.text(name) or default
        if value not in allowed:
            raise self.error(name, f"must be one of {', '.join(allowed)}")
        return value

    def flag(self, name: str) -> bool:
        value = self._document.get(name, False)
        if not isinstance(value, bool):
            raise self.error(name, "must be true or false")
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self._document.get(name)
        value = default if value is None else value
        if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
            raise self.error(name, "must be a number")
        if not low <= value <= high:
            raise self.error(name, f"must be between {low:g} and {high:g}")
        return float(value)

    def fingerprint(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
            raise self.error(name, "must be 64 hexadecimal digits")
        return value

    def box(self, name: str) -> Box:
        values = self._document.get(name)
        if not isinstance(values, list) or len(values) != 4:
            raise self.error(name, "must be a list of four numbers: left, top, right and bottom")
        sides = _Fields(dict(zip("0123", values, strict=True)), f"{self._path}{name}.", self._right_id)
        left, top, right, bottom = (sides.number(side, math.nan, 0.0, MAX_PIXELS) for side in "0123")
        if left >= right or top >= bottom:
            raise self.error(name, "must have its left before its right and its top before its bottom")
        return left, top, right, bottom

    def names(self) -> list[str]:
        return [str(name) for name in self._document]

    def date(self, name: str) -> date | None:
        value = self.text(name)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(name, f"{value[:40]!r} is not a date: write YYYY-MM-DD") from None

    def mapping(self, name: str) -> _Fields:
        value = self._document.get(name)
        return _Fields({} if value is None else value, f"{self._path}{name}.", self._right_id)

    def mappings(self, name: str) -> list[_Fields]:
        values = self._document.get(name) or []
        if not isinstance(values, list):
            raise self.error(name, "must be a list of objects")
        return [_Fields(v, f"{self._path}{name}[{i}].", self._right_id) for i, v in enumerate(values)]

    def __bool__(self) -> bool:
        return bool(self._document)


def _holder(fields: _Fields) -> Holder:
    sellers = tuple(
        ShopRef(entry.required("seller_id"), entry.text("platform")) for entry in fields.mappings("sellers")
    )
    return Holder(id=fields.text("id"), name=fields.text("name"), uscc=fields.text("uscc"), sellers=sellers)


def _usual_price(fields: _Fields) -> UsualPrice | None:
    if not fields:
        return None
    return UsualPrice(fields.number("amount", math.nan, 0.0, math.inf), fields.required("currency").upper())


def _image(fields: _Fields) -> RightImage:
    pdq, path = fields.fingerprint("pdq"), fields.text("path")
    if pdq is None and path is None:
        raise fields.error("path", "give a path or a pdq")
    views = fields.mapping("views")
    names = views.names()
    if len(names) > MAX_VIEWS:
        raise fields.error("views", f"has {len(names)} views: give at most {MAX_VIEWS}")
    parts = tuple((name, views.fingerprint(name) or "") for name in names)
    digest = fields.fingerprint("digest")
    return RightImage(
        path=path,
        pdq=pdq,
        quality=int(fields.number("quality", 100, 0, 100)),
        views=parts,
        digest=digest.lower() if digest else None,
        windows=_windows(fields.mapping("windows")),
    )


def _windows(fields: _Fields) -> tuple[tuple[str, Box], ...]:
    names = fields.names()
    if len(names) > MAX_VIEWS + 1:
        raise fields.error("", f"names {len(names)} windows: give one for the whole and for each view")
    return tuple((name, fields.box(name)) for name in names)


def _licensee(fields: _Fields) -> Licensee:
    licensee = Licensee(
        seller_id=fields.text("seller_id"),
        uscc=fields.text("uscc"),
        name=fields.text("name"),
        platforms=fields.texts("platforms"),
        from_date=fields.date("from"),
        to_date=fields.date("to"),
    )
    if not (licensee.seller_id or licensee.uscc or licensee.name):
        raise fields.error("seller_id", "give at least one of seller_id, uscc, name")
    return licensee


def _allow(fields: _Fields) -> Allow:
    allow = Allow(seller_id=fields.text("seller_id"), pdq=fields.fingerprint("pdq"), phrase=fields.text("phrase"))
    if not (allow.seller_id or allow.pdq or allow.phrase):
        raise fields.error("seller_id", "give at least one of seller_id, pdq, phrase")
    return allow
