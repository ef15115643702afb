"""Passwords: which ones will do, and Argon2id hashes of them."""

from __future__ import annotations

import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sinks.errors import StoreRefused

LEAST_LENGTH = 12
MOST_LENGTH = 256
LEAST_DIFFERENT = 6  # characters
HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
"""RFC 9106's second choice with one lane: 64 MiB and about 0.13 s for each try."""


class Passwords:
    """Hashes and compares; a hash made with other parameters is noticed, so that it can be made anew."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody's")

    def hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Takes as long without a hash, so that nobody learns from the time which accounts there are."""
        if len(password) > MOST_LENGTH:
            kept, password = None, ""
        try:
            return self._hasher.verify(kept or self._nobody, _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, kept: str) -> bool:
        return self._hasher.check_needs_rehash(kept)


def check_password(password: str, name: str) -> None:
    """Raises StoreRefused for one that is soon guessed; the password itself is never in the message."""
    normal = _normal(password)
    if not LEAST_LENGTH <= len(normal) <= MOST_LENGTH:
        raise StoreRefused(f"password: must have {LEAST_LENGTH} to {MOST_LENGTH} characters: take some words in a row")
    if len(set(normal.casefold())) < LEAST_DIFFERENT:
        raise StoreRefused(f"password: must have at least {LEAST_DIFFERENT} different characters")
    if len(name) > 2 and name.casefold() in normal.casefold():
        raise StoreRefused("password: must not contain the account's name")


def _normal(password: str) -> str:
    """The same whatever keyboard and system it is typed on."""
    return unicodedata.normalize("NFKC", password)
