"""Which names and passwords an account may have."""

from __future__ import annotations

import pytest

from sinks.errors import StoreRefused
from sinks.operational.accounts import account_name
from sinks.operational.passwords import check_password


@pytest.mark.parametrize(
    ("password", "reason"),
    [("short", "12 to 256"), ("a" * 30, "different"), ("I am mei, let me in", "name"), ("xyzuvw" * 50, "12 to 256")],
)
def test_passwords_that_are_soon_guessed_are_refused_without_being_repeated(password: str, reason: str) -> None:
    with pytest.raises(StoreRefused, match=reason) as refusal:
        check_password(password, "Mei")
    assert password not in str(refusal.value)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 65, "a\u202eb", "local", "LOCAL", "<b>"])
def test_names_that_would_mislead_are_refused(name: str) -> None:
    with pytest.raises(StoreRefused, match="name: "):
        account_name(name)


@pytest.mark.parametrize("name", ["mei", "王小明", "li.na@example.com", "Zoë", " spaced-out "])
def test_names_as_people_write_them_are_kept(name: str) -> None:
    assert account_name(name) == name.strip()
