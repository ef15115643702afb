"""An alert in one sentence that can be read aloud: what was found, how it is written, what was found beside it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from detectors.circumstances import CONTACT, PRICE
from detectors.records import Reason

MOST_CLAUSES = 6
TEXT_SHOWN = 60  # code points


def explain(reasons: tuple[Reason, ...], signals: Mapping[str, float]) -> str:
    """The distinct findings, in order: `mark NIKE written N1KE (leetspeak); counterfeit wording 高仿`."""
    clauses = dict.fromkeys(_clause(reason) for reason in reasons)
    if "any_use" in signals:
        clauses["the right's policy is that any use matters"] = None
    return "; ".join(islice(clauses, MOST_CLAUSES))


def _clause(reason: Reason) -> str:
    text = _shown(reason.text or reason.matched)
    if reason.code is not None:
        return f"{reason.code.replace('_', ' ')}: {text}" + (f" ({reason.note})" if reason.note else "")
    if reason.how == PRICE:
        return f"price {text}, {reason.note}"
    if reason.how == CONTACT:
        return f"asks for contact outside the platform: {text}"
    kind, strength = _kind(reason)
    step = reason.how.replace("_", " ")
    if reason.how == "identical":
        return f"{step} {kind} {_shown(reason.matched)}" if kind == "mark" else f"{kind} {text}{strength}"
    return f"{kind} {_shown(reason.matched)}{strength} written {text} ({step})"


def _kind(reason: Reason) -> tuple[str, str]:
    """Counterfeit wording says so in its note, with its strength after a comma; everything else is about the mark."""
    kind, _, strength = (reason.note or "").partition(", ")
    if kind == "counterfeit wording":
        return kind, " (weak)" if strength == "weak" else ""
    return "mark", ""


def _shown(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"
