"""Which roles and limits an account may be given. The command line and the API ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.access.roles import Permission, Role, permissions_of
from dashboards.catalogue import LANGUAGES
from detectors.errors import RightswatchError
from sinks.operational.account_store import Grants

MOST_LIMITS = 100
MOST_LENGTH = 200


class GrantRefused(RightswatchError):
    """An account cannot be given that; `field` names what is wrong."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


def granted(
    *,
    roles: Sequence[str],
    holders: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    language: str | None = None,
    disabled: bool = False,
) -> Grants:
    """What was asked for, checked.

    Raises:
        GrantRefused: a word is unknown, or a limit that the roles need is missing.
    """
    wanted = frozenset(roles)
    if not wanted or not wanted <= frozenset(Role):
        raise GrantRefused("roles", f"name at least one of {', '.join(Role)}")
    holders, regions = _limits("holders", holders), _limits("regions", regions)
    if Role.RIGHTS_HOLDER in wanted and holders is None:
        raise GrantRefused("holders", "a rights holder needs the id of the holder whose rights it sees")
    if Role.ENFORCEMENT in wanted and regions is None:
        raise GrantRefused("regions", "an enforcement body needs the region whose sellers it sees, as 44 or 440300")
    if Role.ADMINISTRATOR in wanted and (holders, regions) != (None, None):
        raise GrantRefused("roles", "an administrator sees everything: leave holders and regions out")
    if language is not None and language not in LANGUAGES:
        raise GrantRefused("language", f"use one of {', '.join(LANGUAGES)}")
    return Grants(roles=sorted(wanted), holders=holders, regions=regions, language=language, disabled=disabled)


def scoped(scopes: Sequence[str], roles: Sequence[str]) -> list[str]:
    """The scopes of a key, each once.

    Raises:
        GrantRefused: one is unknown, or more than the account may do itself.
    """
    wanted = frozenset(scopes)
    if not wanted or not wanted <= frozenset(Permission):
        raise GrantRefused("scopes", f"name at least one of {', '.join(Permission)}")
    if beyond := wanted - permissions_of(frozenset(map(Role, roles))):
        raise GrantRefused("scopes", f"{min(beyond)} is more than the account's own roles may do")
    return sorted(wanted)


def shown(grants: Grants) -> dict[str, Any]:
    """What the audit log keeps of them."""
    limits = {"holders": grants.holders, "regions": grants.regions}
    return {"roles": list(grants.roles), **limits, "disabled": grants.disabled}


def _limits(field: str, values: Sequence[str] | None) -> list[str] | None:
    if not values:
        return None
    if len(values) > MOST_LIMITS or not all(0 < len(value) <= MOST_LENGTH for value in values):
        raise GrantRefused(field, f"at most {MOST_LIMITS}, each of 1 to {MOST_LENGTH} characters")
    return sorted(set(values))
