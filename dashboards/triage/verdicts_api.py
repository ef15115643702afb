"""Verdicts, second reviews, questions to experts and their answers, undo: each pins the alert that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.access.visible import visible_of
from dashboards.alert_filters import parse_identity
from dashboards.keys import POOL
from dashboards.problems import Problem, json_response
from dashboards.triage.items import facts_of, given_json, only_state, refused_json
from dashboards.triage.keys import TRIAGE, TRIAGE_METRICS
from dashboards.triage.queries import (
    alerts_of,
    body_of,
    group_id_of,
    group_ids_of,
    note_of,
    opinion_of,
    verdict_of,
    version_of,
    versions_of,
)
from dashboards.triage.sight import actor_of, group_of, groups_of, is_alone, judged_facts, now_of, told
from sinks.clickhouse.queue_groups import Group
from sinks.operational.triage_records import Facts, Outcome
from sinks.verdict_codes import EXPERT, JUDGE, REVIEW, SCREENED, UNDO

VERDICT_FIELDS = ("verdict", "reason_code", "note")
MAY_ACT = (Permission.JUDGE, Permission.REVIEW, Permission.ADVISE)  # any of them: what is taken back is one's own
_Act = Callable[[Facts], Outcome]


async def give(request: web.Request) -> web.Response:
    """A verdict on one group or many. What was refused is told one by one; the others are given."""
    body = await body_of(request, "group_ids", "alerts", "versions", *VERDICT_FIELDS)
    group_ids, decided = group_ids_of(body), verdict_of(body)
    versions, alerts = versions_of(body, group_ids), alerts_of(body, group_ids)
    found = await groups_of(request, group_ids)
    targets = [await judged_facts(request, group, alerts.get(group_id)) for group_id, group in found.items()]
    outcome = await _judged(request, targets, decided, versions)
    unknown = [group_id for group_id in group_ids if group_id not in found]
    return json_response(
        {
            "given": given_json(outcome.done, request.app[TRIAGE].policy.undo, now_of(request)),
            "refused": refused_json(outcome.refused, unknown),
        }
    )


async def give_on_alert(request: web.Request) -> web.Response:
    """A verdict on the group of one alert."""
    alert_id = parse_identity(request.match_info["alert_id"], "alert_id")
    body = await body_of(request, "version", *VERDICT_FIELDS)
    decided, version = verdict_of(body), version_of(body)
    visible = await visible_of(request)
    alert = await request.app[POOL].read(lambda reader: reader.alert(alert_id))
    if alert is None or not visible.sees(alert):
        raise _no_alert(alert_id)
    group = await group_of(request, alert["group_id"])
    versions = {} if version is None else {group.group_id: version}
    outcome = await _judged(request, [facts_of(group, alert)], decided, versions)
    return _given_one(request, outcome)


async def _judged(
    request: web.Request, targets: list[Facts], decided: Mapping[str, str], versions: Mapping[str, int]
) -> Outcome:
    judging, who, now, alone = request.app[TRIAGE].judging, actor_of(request), now_of(request), is_alone(request)

    def judge() -> Outcome:
        return judging.judge(targets, who, now, **decided, versions=versions, may_be_reviewed=not alone)

    outcome = told(request, await request.app[POOL].blocking(judge))
    given = {state.group_id for state in outcome.done}
    _count(request, JUDGE, decided, (facts.detector for facts in targets if facts.group_id in given))
    if given:
        codes = {"verdict": decided["verdict"], "reason": decided["reason_code"]}
        await audited(request, "verdict.give", outcome.done[0].group_id, {**codes, "groups": sorted(given)})
    return outcome


async def screened(request: web.Request) -> web.Response:
    """A verdict on a match that did not alert, out of the sample: whether silence was right."""
    alert_id = parse_identity(request.match_info["alert_id"], "alert_id")
    decided = verdict_of(await body_of(request, *VERDICT_FIELDS))
    visible = await visible_of(request)
    match = await request.app[POOL].read(lambda reader: reader.screened_match(alert_id))
    if match is None or not visible.sees(match):
        raise Problem(404, "not_found", f"screened match {alert_id}: not in the sample")
    facts = facts_of(_lone(match), screened=match["screened"])
    judging, who, now = request.app[TRIAGE].judging, actor_of(request), now_of(request)
    event = await request.app[POOL].blocking(lambda: judging.judge_screened(facts, who, now, **decided))
    _count(request, SCREENED, decided, [facts.detector])
    codes = {"verdict": decided["verdict"], "reason": decided["reason_code"], "screened": match["screened"]}
    await audited(request, "verdict.screened", alert_id, codes)
    return json_response({"given": event, "screened": match["screened"]})


async def review(request: web.Request) -> web.Response:
    """A second person's verdict: it confirms or overrules the first."""
    body = await body_of(request, "alert_id", "version", *VERDICT_FIELDS)
    decided, version = verdict_of(body), version_of(body)
    judging, who, now = request.app[TRIAGE].judging, actor_of(request), now_of(request)
    alone = is_alone(request)

    def decide(facts: Facts) -> Outcome:
        return judging.review(facts, who, now, **decided, version=version, may_be_reviewed=not alone)

    outcome, facts = await _act(request, _alert_id(body), decide)
    if outcome.done:
        _count(request, outcome.done[0].stage or REVIEW, decided, [facts.detector])
        codes = {"verdict": decided["verdict"], "reason": decided["reason_code"]}
        await audited(request, "verdict.review", facts.group_id, codes)
    return _given_one(request, outcome)


async def ask_expert(request: web.Request) -> web.Response:
    """Send the group to an expert, with a question."""
    body = await body_of(request, "alert_id", "note", "version")
    note, version = note_of(body, required=True), version_of(body)
    judging, who, now = request.app[TRIAGE].judging, actor_of(request), now_of(request)
    outcome, facts = await _act(
        request, _alert_id(body), lambda facts: judging.ask_expert(facts, who, now, note=note, version=version)
    )
    if outcome.done:
        await audited(request, "verdict.ask_expert", facts.group_id)
    return _given_one(request, outcome)


async def opinion(request: web.Request) -> web.Response:
    """An expert's answer. It decides nothing: the group goes back to where it was asked from."""
    body = await body_of(request, "alert_id", "version", *VERDICT_FIELDS)
    said, version = opinion_of(body), version_of(body)
    judging, who, now = request.app[TRIAGE].judging, actor_of(request), now_of(request)
    outcome, facts = await _act(
        request, _alert_id(body), lambda facts: judging.opinion(facts, who, now, **said, version=version)
    )
    if outcome.done:
        if said["verdict"]:
            _count(request, EXPERT, said, [facts.detector])
        await audited(request, "verdict.opinion", facts.group_id, {"verdict": said["verdict"]})
    return _given_one(request, outcome)


async def undo(request: web.Request) -> web.Response:
    """Take back one's own latest act on the group, within ten minutes."""
    if not any(map(principal_of(request).may, MAY_ACT)):
        raise Problem(403, "forbidden", "who may take nothing back has done nothing: ask an administrator")
    version = version_of(await body_of(request, "version"))
    judging, who, now = request.app[TRIAGE].judging, actor_of(request), now_of(request)
    outcome, facts = await _act(request, None, lambda facts: judging.undo(facts, who, now, version=version))
    if outcome.done:
        await audited(request, "verdict.undo", facts.group_id)
        request.app[TRIAGE_METRICS].verdicts.labels(UNDO, "", "", facts.detector).inc()
    return _given_one(request, outcome)


async def _act(request: web.Request, alert_id: str | None, act: _Act) -> tuple[Outcome, Facts]:
    """An act on the group that the path names."""
    group = await group_of(request, group_id_of(request))
    facts = await judged_facts(request, group, alert_id)
    return told(request, await request.app[POOL].blocking(lambda: act(facts))), facts


def _given_one(request: web.Request, outcome: Outcome) -> web.Response:
    state = only_state(outcome)
    return json_response(given_json([state], request.app[TRIAGE].policy.undo, now_of(request))[0])


def _count(request: web.Request, stage: str, decided: Mapping[str, Any], detectors: Iterable[str]) -> None:
    for detector in detectors:
        labels = (stage, decided["verdict"], decided["reason_code"] or "", detector)
        request.app[TRIAGE_METRICS].verdicts.labels(*labels).inc()


def _alert_id(body: Mapping[str, Any]) -> str | None:
    given = body.get("alert_id")
    return None if given is None else parse_identity(given if isinstance(given, str) else "", "alert_id")


def _lone(match: Mapping[str, Any]) -> Group:
    """A screened match stands alone: whether its group ever alerted is not asked."""
    seen = datetime.fromisoformat(match["observed_at"])
    return Group(
        group_id=match["group_id"],
        alert=match,
        alerts=1,
        first_seen=seen,
        last_seen=seen,
        tier=match["tier"],
        seller="",
        seller_region="",
    )


def _no_alert(alert_id: str) -> Problem:
    return Problem(404, "not_found", f"alert {alert_id}: not in the store; it may be older than what is kept")
