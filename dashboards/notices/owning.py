"""Whose destinations somebody manages: a rights holder's accounts share theirs, everybody else has own ones."""

from __future__ import annotations

from dashboards.access.principal import Principal
from dashboards.access.roles import Role
from dashboards.problems import Problem, bad_field
from sinks.operational.notice_destinations import Owners
from sinks.operational.notice_records import ACCOUNT, HOLDER, Owner


def owners_of(principal: Principal) -> Owners:
    """Whose destinations and notices are there for them; None: everybody's.

    Who is limited to holders and to regions has none: what a holder hears would be more than they may see.
    """
    if principal.holders is not None:
        return [] if principal.regions is not None else [Owner(HOLDER, one) for one in sorted(principal.holders)]
    if Role.ADMINISTRATOR in principal.roles and principal.sees_everything:
        return None
    return [Owner(ACCOUNT, principal.account_id)]


def owner_for(principal: Principal, holder: str | None) -> Owner:
    """Whose a new destination is to be; `holder` names one where there is a choice.

    Raises:
        Problem: 400 or 403, it cannot be theirs.
    """
    if principal.holders is None:
        if holder is None:
            return Owner(ACCOUNT, principal.account_id)
        if not principal.sees_everything:
            raise bad_field("holder", "leave it out: what you may hear of is what you may see")
        return Owner(HOLDER, holder)
    if principal.regions is not None or not principal.holders:
        raise Problem(403, "forbidden", "holder: your account sees no holder's rights as a whole: ask an administrator")
    if holder is None and len(principal.holders) == 1:
        return Owner(HOLDER, *principal.holders)
    if holder not in principal.holders:
        raise bad_field("holder", "name one of the holders whose rights you see")
    return Owner(HOLDER, holder)
