"""The whole API against its own description, with requests made out of it: no 5xx, and every answer as described."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from dashboards.openapi import DOCUMENT
from sinks.settings import OperationalSettings
from tests.dashboards.service import Stores, WebServer
from tests.dashboards.two_holders import World, two_holders

SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).exclude(path="/api/v1/live")  # endless; test_live_api.py reads it
MOST_URL = 8_000
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def world(kept_stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("conformance")
    return two_holders(replace(kept_stores.emptied(), operational=OperationalSettings.sqlite(folder / "db")))


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[WebServer]:
    server = WebServer(world.stores)
    server.start()
    yield server
    server.stop()


def examples(most: int, *, is_random: bool = False) -> settings:
    return settings(
        max_examples=most,
        deadline=None,
        derandomize=not is_random,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@SCHEMA.parametrize()
@examples(3)
def test_every_answer_is_as_described(case: schemathesis.Case[Any], server: WebServer, world: World) -> None:
    ask_as_described(case, server, world)


@pytest.mark.long
@SCHEMA.parametrize()
@examples(60, is_random=True)
def test_every_answer_to_many_requests_is_as_described(
    case: schemathesis.Case[Any], server: WebServer, world: World
) -> None:
    ask_as_described(case, server, world)


def ask_as_described(case: schemathesis.Case[Any], server: WebServer, world: World) -> None:
    """Half of the time about what is there, so that more than refusals is seen."""
    chance = random.Random(f"{case.path_parameters!r} {case.query!r} {case.body!r}")
    known = {
        "alert_id": world.theirs.alert_id,
        "group_id": world.theirs.group_id,
        "digest": world.picture,
        "right_id": "OWN-1",
    }
    for name, value in known.items():
        if name in (case.path_parameters or {}) and chance.random() < 0.5:
            case.path_parameters[name] = value
    response = case.call(base_url=server.url, timeout=30)
    if len(response.request.path_url) > MOST_URL:
        return  # the HTTP server refuses it before the application is asked
    case.validate_response(response, checks=CHECKS)
