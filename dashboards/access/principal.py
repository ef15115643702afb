"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from dashboards.access.roles import CONCERN_ALL, CONCERN_ALL_REGIONS, PERMISSIONS, Permission, Role, permissions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person or a program, as the present request proved it."""

    account_id: str
    name: str  # what the audit log and verdicts say
    roles: frozenset[Role]
    permissions: frozenset[Permission]  # of the roles, narrowed by an API key's scopes
    holders: frozenset[str] | None = None  # only rights of these holders (their ids) and their alerts; None: all
    regions: tuple[str, ...] | None = None  # only alerts about sellers of these regions (prefixes); None: all
    key_id: str | None = None  # of the API key that proved it
    must_change: bool = False  # the password is somebody else's choice: nothing may be done before it is changed

    def may(self, needed: Permission) -> bool:
        if needed in CONCERN_ALL and not self.sees_everything:
            return False
        if needed in CONCERN_ALL_REGIONS and self.regions is not None:
            return False
        return needed in self.permissions

    @property
    def is_known(self) -> bool:
        return bool(self.account_id)

    @property
    def limited_as(self) -> str:
        """Whose requests are counted together."""
        return f"key {self.key_id}" if self.key_id else f"account {self.account_id}"

    @property
    def sees_everything(self) -> bool:
        return self.holders is None and self.regions is None


LOCAL = Principal(
    account_id="local",
    name="local",
    roles=frozenset({Role.ADMINISTRATOR}),
    permissions=permissions_of(frozenset(PERMISSIONS)),
)
"""Whoever sits at this machine, where no accounts are asked for: the server answers on loopback only then."""

NOBODY = Principal(account_id="", name="", roles=frozenset(), permissions=frozenset())
"""Who has not signed in, where accounts are asked for."""

PRINCIPAL = web.RequestKey("principal", Principal)


def principal_of(request: web.Request) -> Principal:
    """Who asks; set by the middleware before any handler runs."""
    return request[PRINCIPAL]
