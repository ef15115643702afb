"""The bar's links: the pages that whoever asks may open, in the order of their use, and who that is."""

from __future__ import annotations

import html

from dashboards.access.principal import LOCAL, Principal
from dashboards.access.roles import Permission

LINKS = (
    ("floor", "/", Permission.READ_ALERTS),
    ("queue", "/queue", Permission.READ_ALERTS),
    ("check", "/check", Permission.CHECK),
    ("rights", "/rights", Permission.READ_RIGHTS),
    ("pictures", "/pictures", Permission.READ_ALLOWED),
    ("dead", "/dead", Permission.READ_DEAD),
    ("screened", "/screened", Permission.JUDGE_SCREENED),
    ("figures", "/figures", Permission.READ_FIGURES),
    ("audit", "/audit", Permission.READ_AUDIT),
    ("accounts", "/accounts", Permission.MANAGE_ACCOUNTS),
)
"""A page's name (its words are `nav.NAME`), its address, and what opening it needs."""


def navigation(principal: Principal, current: str) -> str:
    """The links as HTML with the words' places to be filled; `current` is the page that they stand on."""
    return "\n    ".join(
        f'<a href="{address}" data-nav="{name}"{_mark(name == current)}>{{{{nav.{name}}}}}</a>'
        for name, address, needs in LINKS
        if principal.may(needs)
    )


def signed_in_as(principal: Principal, current: str) -> str:
    """The account's name as a link to its page, and the button that signs out; nothing where nobody signed in."""
    if not principal.is_known or principal == LOCAL:
        return ""
    link = f'<a class="quiet who" href="/account"{_mark(current == "account")} title="{{{{nav.account}}}}">'
    button = '<button class="quiet" id="sign-out" type="button">{{nav.sign_out}}</button>'
    return f"{link}{html.escape(principal.name)}</a>{button}"


def _mark(is_current: bool) -> str:
    return ' aria-current="page"' if is_current else ""
