"""Sessions, accounts and keys against their description, asked by an administrator who is signed in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis

from dashboards.access.credentials import csrf_word
from dashboards.access.settings import AccessSettings
from dashboards.openapi import DOCUMENT
from dashboards.settings import WebSettings
from sinks.operational.account_store import AccountStore, Grants
from sinks.settings import OperationalSettings
from tests.dashboards.service import Stores, WebServer, quick_accounts
from tests.dashboards.test_conformance import CHECKS, MOST_URL, examples

SCHEMA = schemathesis.openapi.from_dict(DOCUMENT).include(path_regex=r"^/api/v1/(session|accounts)")
UNLIMITED = AccessSettings(requests_per_second=10_000, requests_at_once=100_000, address_failures=100_000)


@pytest.fixture(scope="module")
def own_stores(kept_stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    folder: Path = tmp_path_factory.mktemp("accounts")
    return replace(kept_stores, operational=OperationalSettings.sqlite(folder / "db"))


@pytest.fixture(scope="module")
def server(own_stores: Stores) -> Iterator[WebServer]:
    server = WebServer(own_stores, WebSettings(port=0, accounts=True), access=UNLIMITED)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def people(own_stores: Stores) -> Iterator[AccountStore]:
    with closing(quick_accounts(own_stores.operational)) as store:
        store.create("ada", Grants(roles=("administrator",)), now=datetime.now(UTC), password="seven brown otters")
        store.create("mei", Grants(roles=("operator",)), now=datetime.now(UTC), password="seven brown otters")
        yield store


@SCHEMA.parametrize()
@examples(3)
def test_every_answer_about_accounts_is_as_described(
    case: schemathesis.Case[Any], server: WebServer, people: AccountStore
) -> None:
    """Each request in a session of its own, since some end it; most about an account and a key that are there."""
    now = datetime.now(UTC)
    ada, mei = people.named("ada", now), people.named("mei", now)
    assert ada is not None
    assert mei is not None
    token = people.sessions.begin(ada.account_id, address="x", now=now, lifetime=timedelta(hours=1))
    chance = random.Random(f"{case.path_parameters!r} {case.body!r}")
    if "account_id" in case.path_parameters and chance.random() < 0.7:
        case.path_parameters["account_id"] = mei.account_id
        if "key_id" in case.path_parameters:
            _, key = people.keys.issue(mei.account_id, label="x", scopes=("check",), now=now)
            case.path_parameters["key_id"] = key.key_id
    proof = {"Cookie": f"rw_session={token}", "X-RW-CSRF": csrf_word(token)}
    response = case.call(base_url=server.url, headers=proof, timeout=30)
    if len(response.request.path_url) <= MOST_URL:  # longer ones never reach the application
        case.validate_response(response, checks=CHECKS)
