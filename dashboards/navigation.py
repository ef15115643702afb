"""The bar's links: the pages that whoever asks may open, in the order of their use."""

from __future__ import annotations

from dashboards.access.principal import Principal
from dashboards.access.roles import Permission

LINKS = (
    ("floor", "/", Permission.READ_ALERTS),
    ("check", "/check", Permission.CHECK),
    ("pictures", "/pictures", Permission.READ_ALLOWED),
    ("dead", "/dead", Permission.READ_DEAD),
    ("audit", "/audit", Permission.READ_AUDIT),
)
"""A page's name (its words are `nav.NAME`), its address, and what opening it needs."""


def navigation(principal: Principal, current: str) -> str:
    """The links as HTML with the words' places to be filled; `current` is the page that they stand on."""
    return "\n    ".join(
        f'<a href="{address}" data-nav="{name}"{_mark(name == current)}>{{{{nav.{name}}}}}</a>'
        for name, address, needs in LINKS
        if principal.may(needs)
    )


def _mark(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""
