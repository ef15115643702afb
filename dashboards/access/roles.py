"""What each role may do: one table that a supervisor can read."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a route needs. A scope of an API key has the same name."""

    READ_ALERTS = "alerts.read"
    JUDGE = "alerts.judge"  # claim, verdict, undo, shelve
    REVIEW = "alerts.review"  # second review; overrule
    ADVISE = "alerts.advise"  # an expert's opinion on what was sent to an expert
    READ_SCREENED = "screened.read"
    JUDGE_SCREENED = "screened.judge"
    READ_FIGURES = "figures.read"  # precision, miss rate, calibration
    EXPORT = "verdicts.export"
    COMPLAIN = "complaints.make"  # make complaint packs of what one may see
    READ_LEADS = "leads.read"
    CHANGE_LEADS = "leads.change"  # whom one goes to, what became of its complaint
    SET_LEAD_POLICY = "leads.policy"  # what waits for a verdict: a rights holder says so for own rights
    READ_RIGHTS = "rights.read"
    CHANGE_RIGHTS = "rights.change"
    READ_ALLOWED = "allowed.read"
    CHANGE_ALLOWED = "allowed.change"
    CHECK = "check"
    READ_DEAD = "dead.read"
    DECIDE_DEAD = "dead.decide"
    CALIBRATE = "calibration.change"
    MANAGE_ACCOUNTS = "accounts.manage"
    READ_AUDIT = "audit.read"
    MANAGE_NOTICES = "notices.manage"  # where one wants to hear of things; an administrator manages everybody's
    READ_METRICS = "metrics.read"


class Role(StrEnum):
    """What an account is there for. An account may have several."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"  # and supervisor: answers for precision and for what was missed
    EXPERT = "expert"
    RIGHTS_HOLDER = "rights_holder"  # sees own rights and their alerts only
    ENFORCEMENT = "enforcement"  # sees alerts about sellers of its own regions only
    FAIR_TEAM = "fair_team"
    ADMINISTRATOR = "administrator"


_P = Permission
_LOOK = frozenset({_P.READ_ALERTS, _P.READ_RIGHTS, _P.CHECK})
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: _LOOK
    | {_P.JUDGE, _P.COMPLAIN, _P.READ_SCREENED, _P.JUDGE_SCREENED, _P.READ_ALLOWED, _P.READ_DEAD}
    | {_P.READ_LEADS, _P.CHANGE_LEADS, _P.SET_LEAD_POLICY, _P.MANAGE_NOTICES},
    Role.REVIEWER: _LOOK
    | {_P.JUDGE, _P.REVIEW, _P.READ_SCREENED, _P.JUDGE_SCREENED, _P.READ_FIGURES, _P.EXPORT, _P.CALIBRATE}
    | {_P.COMPLAIN, _P.CHANGE_RIGHTS, _P.READ_ALLOWED, _P.CHANGE_ALLOWED, _P.READ_DEAD, _P.DECIDE_DEAD}
    | {_P.READ_LEADS, _P.CHANGE_LEADS, _P.SET_LEAD_POLICY, _P.MANAGE_NOTICES},
    Role.EXPERT: _LOOK | {_P.ADVISE, _P.READ_SCREENED},
    Role.RIGHTS_HOLDER: _LOOK | {_P.COMPLAIN, _P.CHANGE_RIGHTS, _P.READ_LEADS, _P.SET_LEAD_POLICY, _P.MANAGE_NOTICES},
    Role.ENFORCEMENT: frozenset({_P.READ_ALERTS, _P.READ_RIGHTS, _P.READ_LEADS, _P.MANAGE_NOTICES}),
    Role.FAIR_TEAM: _LOOK,
    Role.ADMINISTRATOR: frozenset(Permission),
}
"""What a role may do. Which alerts and rights it does it to: `Principal.holders` and `Principal.regions`."""


CONCERN_ALL = frozenset(
    {_P.READ_ALLOWED, _P.CHANGE_ALLOWED, _P.READ_DEAD, _P.DECIDE_DEAD, _P.CALIBRATE, _P.MANAGE_ACCOUNTS, _P.READ_AUDIT}
)
"""What concerns everybody's rights and alerts at once: whoever may see only some of them may none of this."""
CONCERN_ALL_REGIONS = frozenset({_P.CHANGE_RIGHTS})
"""What concerns alerts everywhere: whoever may see those of some regions only may none of this."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """All that any of the roles may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
