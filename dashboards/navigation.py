"""The bar's links: the pages that whoever asks may open, in the order of their use, and who that is."""

from __future__ import annotations

import html

from dashboards.access.principal import LOCAL, Principal
from dashboards.access.roles import Permission

LINKS = (
    ("floor", "/", Permission.READ_ALERTS),
    ("queue", "/queue", Permission.READ_ALERTS),
    ("leads", "/leads", Permission.READ_LEADS),
    ("check", "/check", Permission.CHECK),
    ("rights", "/rights", Permission.READ_RIGHTS),
    ("pictures", "/pictures", Permission.READ_ALLOWED),
    ("dead", "/dead", Permission.READ_DEAD),
    ("screened", "/screened", Permission.JUDGE_SCREENED),
    ("figures", "/figures", Permission.READ_FIGURES),
    ("notices", "/notices", Permission.MANAGE_NOTICES),
    ("reports", "/reports", Permission.READ_FIGURES),
    ("audit", "/audit", Permission.READ_AUDIT),
    ("accounts", "/accounts", Permission.MANAGE_ACCOUNTS),
)
"""A page's name (its words are `nav.NAME`), its address, and what opening it needs."""

IN_THE_BAR = ("floor", "queue", "leads", "check", "rights")
"""What is opened all day; the others stand in a menu beside them."""


def navigation(principal: Principal, current: str) -> str:
    """The links as HTML with the words' places to be filled; `current` is the page that they stand on."""
    may = [(name, address) for name, address, needs in LINKS if principal.may(needs)]
    first = [_link(name, address, current) for name, address in may if name in IN_THE_BAR]
    others = [_link(name, address, current) for name, address in may if name not in IN_THE_BAR]
    if others:
        here = next((name for name, _ in may if name == current and name not in IN_THE_BAR), "more")
        marked = ' class="here"' if here != "more" else ""
        first.append(
            f'<details class="menu"><summary{marked}>{{{{nav.{here}}}}}</summary>'
            f'<div class="menu-links">{"".join(others)}</div></details>'
        )
    return "\n    ".join(first)


def _link(name: str, address: str, current: str) -> str:
    return f'<a href="{address}" data-nav="{name}"{_mark(name == current)}>{{{{nav.{name}}}}}</a>'


def signed_in_as(principal: Principal, current: str) -> str:
    """The account's name as a link to its page, and the button that signs out; nothing where nobody signed in."""
    if not principal.is_known or principal == LOCAL:
        return ""
    link = f'<a class="quiet who" href="/account"{_mark(current == "account")} title="{{{{nav.account}}}}">'
    button = '<button class="quiet" id="sign-out" type="button">{{nav.sign_out}}</button>'
    return f"{link}{html.escape(principal.name)}</a>{button}"


def _mark(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""
