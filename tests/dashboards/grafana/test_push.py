"""`rightswatch grafana push` against a server that follows Grafana's HTTP API documentation."""

from __future__ import annotations

import copy
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from dashboards.grafana.api import Grafana
from dashboards.grafana.errors import GrafanaAway, GrafanaRefused
from dashboards.grafana.published import ClickHousePlace, Published, published
from dashboards.grafana.push import Step, push
from dashboards.grafana.settings import GrafanaSettings
from streams.embedded.ports import free_port
from tests.dashboards.grafana.fake_grafana import TOKEN, FakeGrafana, grafana_running, problem

PLACE = ClickHousePlace(host="clickhouse", port=9000, user="reader", database="rightswatch", is_secure=False)
PASSWORD = "the-reader's-password"
SOURCES = ("rightswatch-clickhouse", "rightswatch-prometheus")
BOARDS = {"rightswatch-floor", "rightswatch-holder", "rightswatch-engineers"}
RULES = ("rightswatch", "rightswatch")


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    with grafana_running() as server:
        yield server


@pytest.fixture
def settings(server: FakeGrafana) -> GrafanaSettings:
    return GrafanaSettings(url=server.url, token=TOKEN)


@pytest.fixture
def everything(settings: GrafanaSettings) -> Published:
    return published(settings, PLACE)


def pushed(settings: GrafanaSettings, everything: Published, password: str = "") -> list[Step]:
    with closing(Grafana(settings)) as grafana:
        return list(push(grafana, everything, password))


def test_an_empty_grafana_gets_everything(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published
) -> None:
    assert {step.done for step in pushed(settings, everything, PASSWORD)} == {"made"}
    assert server.folders["rightswatch"]["title"] == "rightswatch"
    assert server.sources.keys() == set(SOURCES)
    assert server.boards.keys() == BOARDS
    assert {board["meta"]["folderUid"] for board in server.boards.values()} == {"rightswatch"}
    assert len(server.groups[RULES]["rules"]) == len(everything.rules)


def test_a_second_push_writes_nothing(server: FakeGrafana, settings: GrafanaSettings, everything: Published) -> None:
    pushed(settings, everything)
    server.said.clear()
    assert {step.done for step in pushed(settings, everything)} == {"kept"}
    assert server.writes == []


def test_the_password_reaches_clickhouse_alone_and_is_sent_again_since_it_cannot_be_compared(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published
) -> None:
    pushed(settings, everything, "the old one")
    steps = pushed(settings, everything, PASSWORD)
    assert server.passwords == {"rightswatch-clickhouse": PASSWORD}
    assert [step.what for step in steps if step.done != "kept"] == ["data source rightswatch ClickHouse"]


def test_what_people_changed_there_is_put_right(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published
) -> None:
    pushed(settings, everything)
    server.folders["rightswatch"]["title"] = "another name"
    server.sources[SOURCES[1]]["url"] = "http://elsewhere:9090"
    server.boards["rightswatch-floor"]["dashboard"]["title"] = "My floor"
    server.boards["rightswatch-holder"]["meta"]["folderUid"] = "elsewhere"
    server.groups[RULES]["rules"][0]["for"] = "1h"
    assert sum(step.done == "changed" for step in pushed(settings, everything)) == 5
    assert {step.done for step in pushed(settings, everything)} == {"kept"}
    assert server.boards["rightswatch-floor"]["dashboard"]["version"] == 2


def test_what_is_not_ours_stays(server: FakeGrafana, settings: GrafanaSettings, everything: Published) -> None:
    server.sources["other"] = {"uid": "other", "name": "other", "version": 3}
    server.boards["other"] = {"dashboard": {"uid": "other", "version": 3}, "meta": {}}
    before = copy.deepcopy((server.sources["other"], server.boards["other"]))
    pushed(settings, everything)
    assert (server.sources["other"], server.boards["other"]) == before


def test_people_may_change_the_alert_rules_there(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published
) -> None:
    pushed(settings, everything)
    assert server.headers[-1]["X-Disable-Provenance"] == "true"


def test_a_grafana_below_a_path_is_asked_there(server: FakeGrafana, settings: GrafanaSettings) -> None:
    with closing(Grafana(replace(settings, url=f"{settings.url}/tools/grafana/"))) as grafana:
        assert grafana.folder("rightswatch") is None
    assert server.said == [("GET", "/tools/grafana/api/folders/rightswatch")]


def _answer(status: int, message: str = "no") -> Callable[[], web.Response]:
    return lambda: problem(status, message)


@pytest.mark.parametrize(
    ("method", "path", "status", "kind", "told"),
    [
        ("POST", "/api/folders", 403, GrafanaRefused, "does not make folder rightswatch: 403, no. .*role Admin"),
        ("POST", "/api/datasources", 409, GrafanaRefused, "make data source rightswatch ClickHouse.*rename or remove"),
        ("POST", "/api/dashboards/db", 412, GrafanaRefused, "put board rightswatch: watch floor: 412, no"),
        ("POST", "/api/dashboards/db", 400, GrafanaRefused, "400, no. Correct what it names"),
        ("POST", "/api/dashboards/db", 503, GrafanaAway, "cannot put board.*503, no. See its log"),
        ("GET", "/api/folders/rightswatch", 500, GrafanaAway, "cannot read folder"),
        (
            "PUT",
            "/api/v1/provisioning/folder/rightswatch/rule-groups/rightswatch",
            404,
            GrafanaRefused,
            "11.6 or newer",
        ),
        ("GET", "/api/folders/rightswatch", 429, GrafanaRefused, "push again in a minute"),
    ],
)
def test_a_refusal_says_what_to_do(
    server: FakeGrafana,
    settings: GrafanaSettings,
    everything: Published,
    method: str,
    path: str,
    status: int,
    kind: type[Exception],
    told: str,
) -> None:
    server.answers[method, path] = _answer(status)
    with pytest.raises(kind, match=f"(?s)(?i){told}") as refused:
        pushed(settings, everything, PASSWORD)
    assert server.url in str(refused.value)
    assert TOKEN not in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_a_push_that_broke_off_goes_on_where_it_was(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published
) -> None:
    server.answers["POST", "/api/dashboards/db"] = _answer(502)
    with pytest.raises(GrafanaAway):
        pushed(settings, everything)
    server.answers.clear()
    done = [step.done for step in pushed(settings, everything)]
    assert done == ["kept"] * 3 + ["made"] * 4


def test_a_wrong_token_is_told_without_showing_it(settings: GrafanaSettings, everything: Published) -> None:
    with pytest.raises(GrafanaRefused, match=r"401, Invalid API key.*token_file") as refused:
        pushed(replace(settings, token="glsa_wrong"), everything)
    assert "glsa_wrong" not in str(refused.value)
    assert "glsa_wrong" not in repr(replace(settings, token="glsa_wrong"))


@pytest.mark.parametrize("status", [200, 403, 502])
def test_a_page_of_html_is_no_grafana(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published, status: int
) -> None:
    def page() -> web.Response:
        return web.Response(text="<p>Sign in to read this message</p>", content_type="text/html", status=status)

    server.answers["GET", "/api/folders/rightswatch"] = page
    with pytest.raises(GrafanaRefused, match=r"no Grafana says: is \[grafana\] url right"):
        pushed(settings, everything)


def test_what_comes_from_a_file_is_left_to_it(
    server: FakeGrafana, settings: GrafanaSettings, everything: Published
) -> None:
    pushed(settings, everything)
    server.boards["rightswatch-holder"]["meta"]["provisioned"] = True
    with pytest.raises(GrafanaRefused, match="board rightswatch: rights holder: it comes from a provisioning file"):
        pushed(settings, everything)
    server.sources[SOURCES[0]]["readOnly"] = True
    with pytest.raises(GrafanaRefused, match="data source rightswatch ClickHouse: it comes from a provisioning file"):
        pushed(settings, everything)


def test_a_server_that_is_away_is_told(everything: Published) -> None:
    away = GrafanaSettings(url=f"http://127.0.0.1:{free_port()}", token=TOKEN)
    with pytest.raises(GrafanaAway, match=r"does not answer \(ConnectionError\): start it, or correct \[grafana\] url"):
        pushed(away, everything)


def test_its_authority_is_named_in_the_settings_or_it_is_not_spoken_to(everything: Published, tmp_path: Path) -> None:
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with grafana_running(context) as secure:
        unknown = GrafanaSettings(url=secure.url, token=TOKEN)
        with pytest.raises(GrafanaAway, match=r"certificate is not one that we trust: .*\[grafana\] ca_file"):
            pushed(unknown, everything)
        assert secure.said == []
        assert {step.done for step in pushed(replace(unknown, ca_file=str(tmp_path / "ca.pem")), everything)} == {
            "made"
        }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "grafana:3000"}, "must start with http"),
        ({"url": "http://admin:hunter2@grafana"}, "no user and no password"),
        ({"url": "http://grafana/?orgId=2"}, "must end with the path"),
        ({"url": "http://grafana", "ca_file": "x.pem"}, "must start with https"),
        ({"folder": " "}, "folder must have a name"),
        ({"language": "fr"}, "one of en, zh"),
        ({"clickhouse_port": 0}, "between 1 and 65535"),
        ({"timeout_seconds": 0.0}, "at least 0.1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        GrafanaSettings(**given)
    assert "hunter2" not in str(refused.value)
