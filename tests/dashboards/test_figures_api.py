"""The figures over HTTP, beside numbers worked out by hand, and putting in force what verdicts suggest."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from dashboards.access.roles import Role
from sinks.operational.audit_store import AuditQuery, AuditStore
from sinks.operational.calibration_store import CalibrationStore
from tests.dashboards.judged import RIGHT, judged_offers, proposed
from tests.dashboards.principals import acting_as, principal
from tests.dashboards.service import Answer, Stores, WebServer, ask

JSON = {"Content-Type": "application/json"}


def figures(server: WebServer, query: str = "") -> Any:
    answer = ask(server, f"/api/v1/figures{query}")
    assert answer.status == 200, answer.body
    return answer.json


def apply(server: WebServer, version: object) -> Answer:
    return ask(server, "/api/v1/calibration", method="POST", body=orjson.dumps({"version": version}), headers=JSON)


def test_precision_and_miss_rate_are_what_they_are_by_hand(stores: Stores, server: WebServer) -> None:
    judged_offers(stores)
    overall = figures(server)["overall"]
    assert (overall["raised"], overall["judged"], overall["infringing"]) == (12, 10, 8)
    # Wilson, 8 of 10: (0.8 + z²/20 ± z sqrt(0.16/10 + z²/400)) / (1 + z²/10) with z = 1.96
    assert overall["precision"] == pytest.approx({"value": 0.8, "low": 0.4902, "high": 0.9433}, abs=1e-4)
    assert (overall["sampled"], overall["sampled_judged"], overall["sampled_infringing"]) == (4, 4, 1)
    assert overall["missed"] == pytest.approx(100)
    assert overall["miss_rate"]["value"] == pytest.approx(100 / 109.6)
    assert 0 < overall["miss_rate"]["low"] < 100 / 109.6 < overall["miss_rate"]["high"] < 1


def test_they_are_told_by_right_by_detector_and_by_reason(stores: Stores, server: WebServer) -> None:
    judged_offers(stores)
    found = figures(server)
    assert [(row["right_id"], row["judged"]) for row in found["by_right"]] == [(RIGHT, 10)]
    assert [(row["detector"], row["judged"]) for row in found["by_detector"]] == [("mark", 10)]
    assert found["rights"][RIGHT]["mark"] == "Quillon"
    assert found["weight"] == 100
    counts = {(row["verdict"], row["reason_code"], row["screened"]): row["count"] for row in found["by_reason"]}
    assert counts == {
        ("infringing", "counterfeit", False): 8,
        ("not_infringing", "licensed", False): 2,
        ("not_infringing", "descriptive", True): 3,
        ("infringing", "unlicensed_mark", True): 1,
    }


def test_the_curve_says_how_often_a_score_was_right(stores: Stores, server: WebServer) -> None:
    score = judged_offers(stores)[0].score
    found = figures(server)
    (point,) = found["curve"]
    assert (point["mean_score"], point["judged"], point["infringing"]) == (pytest.approx(score), 10, 8)
    assert found["calibration_error"] == pytest.approx(abs(score - 0.8))
    assert found["brier_score"] == pytest.approx(0.8 * (1 - score) ** 2 + 0.2 * score**2)


def test_only_what_was_observed_in_the_period_counts(stores: Stores, server: WebServer) -> None:
    judged_offers(stores)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert figures(server, f"?before={yesterday}")["overall"]["judged"] == 0
    assert figures(server, f"?after={yesterday}")["overall"]["judged"] == 10


def test_without_verdicts_the_figures_say_that_they_do_not_know(server: WebServer) -> None:
    found = figures(server)
    unknown = {"value": None, "low": 0, "high": 1}
    assert (found["overall"]["precision"], found["overall"]["miss_rate"]) == (unknown, unknown)
    assert (found["by_right"], found["curve"], found["calibration_error"]) == ([], [], None)
    assert (found["in_force"], found["proposal"]) == (None, None)


@pytest.mark.parametrize(("query", "field"), [
    ("?after=2026-11-21T10:00:00Z&before=2026-11-20T10:00:00Z", "after"),
    ("?after=2001-01-01", "after"),
    ("?before=soon", "before"),
    ("?right=1", "right"),
])  # fmt: skip
def test_a_period_that_is_none_is_refused_by_name(server: WebServer, query: str, field: str) -> None:
    answer = ask(server, f"/api/v1/figures{query}")
    assert (answer.status, answer.json["field"]) == (400, field)


def test_a_proposal_is_shown_with_what_it_would_change_and_applied_by_its_version(own_rights: Stores) -> None:
    judged_offers(own_rights)
    version = proposed(own_rights)
    server = WebServer(own_rights)
    server.start()
    try:
        proposal = figures(server)["proposal"]
        assert (proposal["version"], proposal["verdicts"]) == (version, 14)
        (change,) = proposal["scores"]
        assert (change["detector"], change["judged"], change["infringing"]) == ("mark", 10, 8)
        assert change["before"] < change["after"] == pytest.approx((8 + 8 * change["before"]) / 18, abs=1e-3)
        answer = apply(server, version)
        assert (answer.status, answer.json["version"]) == (200, version)
        found = figures(server)
        assert found["proposal"] is None
        assert (found["in_force"]["version"], found["in_force"]["applied"]["by"]) == (version, "local")
        assert found["in_force"]["scores"][0]["score"] == change["after"]
        with closing(AuditStore(own_rights.operational)) as audit:
            (entry,) = audit.page(AuditQuery(action="calibration.apply"))
        assert (entry.subject, entry.detail["revision"]) == (version, answer.json["revision"])
    finally:
        server.stop()


def test_a_proposal_that_was_overtaken_is_stale_and_nothing_changes(own_rights: Stores) -> None:
    judged_offers(own_rights)
    server = WebServer(own_rights)
    server.start()
    try:
        stale = apply(server, proposed(own_rights) + "0")
        assert (stale.status, stale.json["code"], stale.json["field"]) == (409, "stale", "version")
        assert apply(server, "").status == apply(server, 7).status == 400
        assert figures(server)["in_force"] is None
    finally:
        server.stop()


def test_who_sees_a_part_reads_the_figures_of_that_part_and_applies_nothing(own_rights: Stores) -> None:
    judged_offers(own_rights)
    version = proposed(own_rights)
    server = WebServer(own_rights, identify=acting_as(principal(Role.REVIEWER, holders=frozenset({"h1"}))))
    server.start()
    try:
        found = figures(server)
        assert (found["overall"]["raised"], found["by_right"], found["may_apply"]) == (0, [], False)
        assert found["proposal"] is None, "it is about everybody's verdicts"
        refused = apply(server, version)
        assert (refused.status, refused.json["code"]) == (403, "forbidden")
        with closing(CalibrationStore(own_rights.operational)) as calibrations:
            calibrations.apply(version, by="local", now=datetime.now(UTC))
        in_force = figures(server)["in_force"]
        assert (in_force["version"], in_force["scores"], in_force["verdicts"]) == (version, [], 0)
    finally:
        server.stop()


def test_an_operator_reads_no_figures(stores: Stores) -> None:
    server = WebServer(stores, identify=acting_as(principal(Role.OPERATOR)))
    server.start()
    try:
        assert ask(server, "/api/v1/figures").json["needs"] == "figures.read"
        assert apply(server, "x").json["needs"] == "calibration.change"
    finally:
        server.stop()
