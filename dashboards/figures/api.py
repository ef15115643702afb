"""`/api/v1/figures` and `/api/v1/calibration`: how good the watch is, and putting in force what verdicts suggest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from dashboards.access.audit import audited
from dashboards.access.principal import principal_of
from dashboards.access.roles import Permission
from dashboards.access.visible import visible_of
from dashboards.figures.calibrations import shown_in_force, shown_proposal
from dashboards.figures.keys import FIGURES
from dashboards.figures.summary import figures_of
from dashboards.keys import CLOCK, NAMES, POOL
from dashboards.parameters import moment_of, refuse_unknown
from dashboards.problems import Problem, bad_field, json_object, json_response, refusing
from dashboards.readers import CLICKHOUSE
from detectors.records import timestamp_text
from sinks.operational.calibration_store import StaleProposal

PERIOD = timedelta(days=30)
LONGEST = timedelta(days=1_100)  # alerts are kept for three years
PARAMETERS = ("after", "before", "lang")


async def figures(request: web.Request) -> web.Response:
    """Precision and miss rate of what was observed in a period, by right and detector, and the calibrations."""
    after, before = period_of(request.query, request.app[CLOCK]())
    visible, stores, pool = await visible_of(request), request.app[FIGURES], request.app[POOL]
    observed = await pool.blocking(lambda: stores.judgements.observed(after, before, visible), CLICKHOUSE)
    in_force, proposal = await pool.blocking(lambda: (stores.calibrations.in_force(), stores.calibrations.proposal()))
    answer = {
        "after": timestamp_text(after),
        "before": timestamp_text(before),
        **figures_of(observed),
        "may_apply": principal_of(request).may(Permission.CALIBRATE) and visible.is_everything,
        "in_force": shown_in_force(in_force, visible),
        "proposal": shown_proposal(proposal, visible),
    }
    return json_response({**answer, "rights": await request.app[NAMES].of(_named(answer))})


async def apply(request: web.Request) -> web.Response:
    """Put the proposal in force that was looked at: it is named by its version."""
    body = await json_object(request, ("version",))
    version = body.get("version")
    if not isinstance(version, str) or not version.isprintable() or not 0 < len(version) <= 60:
        raise bad_field("version", "is required: that of the proposal, from GET /api/v1/figures")
    if not (await visible_of(request)).is_everything:
        raise Problem(403, "forbidden", "version: a calibration changes what everybody sees; you see a part of it")
    stores, by, now = request.app[FIGURES], principal_of(request).name, request.app[CLOCK]()

    def put() -> int:
        try:
            return stores.calibrations.apply(version, by=by, now=now)
        except StaleProposal as error:
            raise Problem(409, "stale", str(error), field="version") from error

    revision = await request.app[POOL].blocking(refusing(put))
    await audited(request, "calibration.apply", version, {"revision": revision})
    return json_response({"revision": revision, "version": version})


def period_of(parameters: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """From `after` on, until before `before`; the last 30 days when neither is given.

    Raises:
        Problem: 400, one of them is no moment, or they are out of order or too far apart.
    """
    refuse_unknown(parameters, PARAMETERS)
    before = moment_of(parameters, "before") or now
    after = moment_of(parameters, "after") or before - PERIOD
    if not after < before:
        raise bad_field("after", "must be before `before`, which is now unless given")
    if before - after > LONGEST:
        raise bad_field("after", f"give at most {LONGEST.days} days")
    return after, before


def _named(answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """All that names a right."""
    yield from answer["by_right"]
    for calibration in (answer["in_force"], answer["proposal"]):
        yield from calibration["thresholds"] if calibration else ()
