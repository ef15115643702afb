"""Documents that must say the same as the code: the API's description, and the words in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import orjson

import dashboards
from dashboards.app import API_ROUTES
from dashboards.openapi import DOCUMENT
from dashboards.triage.items import REFUSALS
from detectors.routing import place
from detectors.routing.rules import RECIPIENTS, RIGHT_KINDS
from sinks import lead_codes
from sinks.clickhouse.queue_query import LISTS
from sinks.operational.triage_store import UNDOABLE
from sinks.verdict_codes import REASONS, VERDICTS
from tests.dashboards.service import WebServer, ask

FOLDER = Path(dashboards.__file__).parent
PLACE = re.compile(r"\{(\w+)\}")


def test_every_route_is_described_and_every_description_is_a_route(shared_server: WebServer) -> None:
    routes = {(re.sub(r":[^}]*", "", route.path), route.method.lower()) for route in API_ROUTES}
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert routes == described
    assert ask(shared_server, "/api/v1/openapi.json").json == DOCUMENT


def test_every_reference_and_path_parameter_of_the_description_resolves() -> None:
    text = orjson.dumps(DOCUMENT).decode()
    names = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert names <= set(DOCUMENT["components"]["schemas"])
    assert set(DOCUMENT["components"]["schemas"]) - names == {"LiveAlerts", "LiveTriage", "Pulse"}, (
        "described in words by /live"
    )
    for path, methods in DOCUMENT["paths"].items():
        for operation in methods.values():
            given = {entry["name"] for entry in operation.get("parameters", []) if entry["in"] == "path"}
            assert given == set(PLACE.findall(path))


def messages(language: str) -> dict[str, str]:
    loaded: dict[str, str] = orjson.loads((FOLDER / "messages" / f"{language}.json").read_bytes())
    return loaded


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, chinese = messages("en"), messages("zh")
    assert list(english) == list(chinese)
    for key, text in english.items():
        places = set(PLACE.findall(text)) | ({"n"} if key.endswith(".one") else set())
        wanted = set(PLACE.findall(chinese[key])) | ({"n"} if key.endswith(".one") else set())
        assert places == wanted, key


def test_every_message_that_pages_and_scripts_ask_for_exists() -> None:
    english = messages("en")
    pages = "".join(path.read_text("utf-8") for path in (FOLDER / "pages").glob("*.html"))
    values = {
        "lang",
        "theme",
        "page",
        "title",
        "static",
        "messages_raw",
        "nav_raw",
        "body_raw",
        "who_raw",
        "csrf",
        "next",
        "me",
        "permissions",
        "can_change",
        "own_holders",
    }
    assert set(re.findall(r"\{\{\s*([\w.]+)\s*\}\}", pages)) <= set(english) | values
    scripts = "".join(path.read_text("utf-8") for path in (FOLDER / "static" / "js").glob("*.js"))
    assert set(re.findall(r"""\bt\("([\w.]+)\"""", scripts)) <= set(english)


def test_every_code_of_judging_has_its_words() -> None:
    codes = {
        "verdict": VERDICTS,
        "reason_code": [code for codes in REASONS.values() for code in codes],
        "queue.tab": LISTS,
        "act": (*UNDOABLE, "undo", "reopen", "screened"),
        "refused": REFUSALS,
    }
    assert {f"{family}.{code}" for family, ones in codes.items() for code in ones} <= set(messages("en"))


def test_every_code_of_leads_has_its_words() -> None:
    codes = {
        "lead_state": lead_codes.STATES,
        "takedown": lead_codes.TAKEDOWNS,
        "lead_act": lead_codes.ACTS,
        "lead_sending": lead_codes.SENDINGS,
        "lead_because": lead_codes.CAUSES,
        "lead_recipient": RECIPIENTS,
        "lead_kind": RIGHT_KINDS,
        "lead_basis": get_args(place.Basis),
        "lead_why": re.findall(r"why\.append\(\"(\w+)\"\)", Path(place.__file__).read_text("utf-8")),
        "lead_reason": lead_codes.REASONS,
    }
    assert {f"{family}.{code}" for family, ones in codes.items() for code in ones} <= set(messages("en"))


def test_no_script_makes_markup_out_of_text() -> None:
    for path in (FOLDER / "static" / "js").glob("*.js"):
        script = path.read_text("utf-8")
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
            assert forbidden not in script, path.name
