"""Offers that were taken down and are there again: told again if they are what was judged, else judged again.

The same content needs no second verdict: whoever was told before is told at once. Other content under the same number
goes back to the queue, since nobody has looked at it. While an offer stands nothing is told twice: only one whose
leads are all over is looked for, and each is seen at most once for each time that it was taken down.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from dashboards.triage.items import facts_of
from detectors.records import timestamp_text
from detectors.routing.route import PERSON_DECIDED, route_to_body
from sinks.clickhouse.lead_source import LeadSource, Offered
from sinks.lead_codes import ALERT, AT_ONCE, RELISTED, LeadSettings
from sinks.operational.lead_records import Cause, Draft, Gone, Lead, LeadQuery, drafts_from
from sinks.operational.lead_store import LeadStore
from sinks.operational.rights_store import RightsStore
from sinks.operational.triage_records import Actor, Facts
from sinks.verdict_codes import CLOSED, INFRINGING, NOT_INFRINGING
from sinks.visible import holder_id_of
from streams.leads.drafting import about_of, drafts_of

logger = logging.getLogger(__name__)
BY: Final = Actor("leads", "leads")
REOPENED = "relisted"  # its words: `reopened.*`


class Judging(Protocol):
    """As sinks.operational.triage_store has it."""

    def reopen(self, targets: Sequence[Facts], who: Actor, now: datetime, *, because: str) -> object: ...


@dataclass(slots=True, kw_only=True)
class OfferedAgain:
    """Looks at a part of the closed leads each time, so that a look costs the same however many there are."""

    store: LeadStore
    rights: RightsStore
    judging: Judging
    settings: LeadSettings
    clock: Callable[[], datetime]
    _after: str | None = field(default=None, init=False)  # None: a turn through all of them begins
    _begun: datetime | None = field(default=None, init=False)

    def due(self, source: LeadSource) -> Iterator[tuple[Gone, Offered]]:
        """Those of the next part that were seen on offer after they were gone."""
        now = self.clock()
        if self._after is None:
            pause = timedelta(seconds=self.settings.delisted_seconds)
            if self._begun is not None and now - self._begun < pause:
                return
            self._begun, self._after = now, ""
        since = now - timedelta(days=self.settings.relisted_days)
        gone, following = self.store.gone(since, self._after)
        seen = source.offered([(one.platform, one.listing_id) for one in gone])
        for one in gone:
            found = seen.get((one.platform, one.listing_id))
            if found is not None and found.at > one.gone_at:
                yield one, found
        self._after = following

    def follow(self, gone: Gone, seen: Offered, source: LeadSource) -> list[Lead]:
        """The leads that are made of an offer that is there again; maybe it is judged again instead, or nothing holds
        of it any more."""
        alerts = [one for one in source.alerts(gone.group_id) if one["listing_digest"] == seen.digest]
        if not alerts:
            return []  # it was changed so that nothing is found in it, or its alert is not stored yet
        because = self._because(gone.group_id, alerts[0])
        if because is None:
            return []
        if because == RELISTED and seen.digest not in self.store.judged_digests(gone.group_id):
            self._judge_again(gone, seen, source)
            return []
        again = {
            "gone_at": timestamp_text(gone.gone_at),
            "offered_again_at": timestamp_text(seen.at),
            "offered_again_page": seen.page,
        }
        about = about_of(alerts)
        about = replace(about, observed_at=seen.at, facts={**about.facts, **again})
        cause = Cause(because=because, key=f"{RELISTED}:{gone.group_id}:{again['gone_at']}", send_after=self.clock())
        return self.store.make(about, self._drafts(gone, alerts, source), cause, self.clock())

    def _because(self, group_id: str, alert: dict[str, Any]) -> str | None:
        """What speaks for telling it again: the verdict that stands, or policy where nobody found it innocent."""
        standing = self.store.standing(group_id)
        if standing.state == CLOSED and standing.verdict in (INFRINGING, NOT_INFRINGING):
            return RELISTED if standing.verdict == INFRINGING else None
        right = self._right(alert)
        holder, kind = None if right is None else holder_id_of(right), alert["kind"] if alert["right_id"] else "none"
        policies = self.store.policies
        return ALERT if policies.sending(policies.all(), kind, holder) == AT_ONCE else None

    def _drafts(self, gone: Gone, alerts: list[dict[str, Any]], source: LeadSource) -> list[Draft]:
        """As routing says; where it asks a person who has said before where such a lead goes, as that person said."""
        drafts = drafts_of(alerts, self._right(alerts[0]), source.market(alerts[0]))
        if not any(draft.recipient == "person" for draft in drafts):
            return drafts
        told = self.store.find(LeadQuery(group_id=gone.group_id, recipient="enforcement", limit=1)).leads
        if not told or told[0].rule != PERSON_DECIDED or told[0].place is None:
            return drafts
        others = [draft for draft in drafts if draft.recipient != "person"]
        return [*others, *drafts_from(route_to_body(told[0].place, told[0].clause))]

    def _judge_again(self, gone: Gone, seen: Offered, source: LeadSource) -> None:
        group = source.group(gone.group_id)
        if group is not None:
            because = f"{REOPENED} {timestamp_text(seen.at)}"
            self.judging.reopen([facts_of(group)], BY, self.clock(), because=because)
            logger.info("group %s is open again: its offer was gone and is there again, changed", gone.group_id)

    def _right(self, alert: dict[str, Any]) -> Any:
        return None if alert["right_id"] is None else self.rights.get(alert["right_id"])
