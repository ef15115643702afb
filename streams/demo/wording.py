"""Counterfeit wording as shops write it, put where shops put it: before, after, or in brackets. Pure functions."""

from __future__ import annotations

from random import Random

PHRASES = {
    "zh": ("高仿", "精仿", "1:1复刻", "A货", "超A", "顶级复刻", "莆田", "纯原"),
    "en": ("replica", "1:1 replica", "AAA replica", "mirror quality", "first copy", "super clone", "knock off"),
}
PATTERNS = {
    "zh": ("{wording}{title}", "{title} {wording}", "【{wording}】{title}"),
    "en": ("{wording} {title}", "{title} {wording}", "{title} ({wording})"),
}


def counterfeit_title(title: str, language: str, random: Random) -> str:
    """The title, unchanged, with one phrase that says the goods are not genuine."""
    kind = "zh" if language == "zh" else "en"
    return random.choice(PATTERNS[kind]).format(wording=random.choice(PHRASES[kind]), title=title)
