"""The boards as Grafana gets them: of its schema, without slips that it does not tell, with words for everything."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dashboards.grafana.boards import BOARDS
from dashboards.grafana.classic import dashboard
from dashboards.grafana.rules import RULES
from dashboards.grafana.sources import SOURCES
from dashboards.grafana.words import LANGUAGES, words
from tests.dashboards.grafana.lint import complaints
from tests.dashboards.grafana.schema import misfits

FLOOR_URL = "https://floor.example"
UIDS = {source.uid for source in SOURCES}


def boards(language: str = "en") -> list[dict[str, Any]]:
    return [dashboard(board, words(language), FLOOR_URL) for board in BOARDS]


@pytest.mark.parametrize("board", boards(), ids=lambda board: str(board["uid"]))
def test_a_board_is_what_grafana_says_that_one_is(board: dict[str, Any]) -> None:
    assert misfits(board) == []


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (("panels", 1, "gridPos", "w"), "wide", "gridPos.w"),
        (("panels", 1, "colour"), "red", "colour"),
        (("panels", 1, "options", "celHeight"), "sm", "celHeight"),
        (("templating", "list", 0, "hide"), "never", "hide"),
    ],
)
def test_the_schema_finds_what_is_none(place: tuple[Any, ...], value: str, told: str) -> None:
    board = copy.deepcopy(boards()[0])
    part: Any = board
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert any(told in misfit for misfit in misfits(board))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_boards_have_no_slips(language: str) -> None:
    assert complaints(boards(language), UIDS) == []


def _set(*place: Any, to: Any) -> Callable[[list[dict[str, Any]]], None]:
    def change(boards: list[dict[str, Any]]) -> None:
        part: Any = boards
        for step in place[:-1]:
            part = part[step]
        part[place[-1]] = to

    return change


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (_set(0, "uid", to=BOARDS[1].uid), "uid twice"),
        (_set(0, "panels", 1, "id", to=3), "panel id twice: 3"),
        (_set(0, "panels", 1, "gridPos", to={"x": 20, "y": 90, "w": 8, "h": 4}), "wider than the grid"),
        (_set(0, "panels", 1, "gridPos", to={"x": 10, "y": 1, "w": 8, "h": 4}), "lies on"),
        (_set(0, "panels", 1, "targets", to=[]), "asks for nothing"),
        (_set(0, "panels", 1, "targets", 0, "refId", to=""), "without refId"),
        (_set(0, "panels", 1, "targets", 0, "datasource", "uid", to="another"), "unknown data source"),
        (_set(0, "panels", 1, "targets", 0, "rawSql", to="SELECT ${palace:singlequote}"), "$palace is not declared"),
        (_set(0, "panels", 3, "targets", 0, "rawSql", to="SELECT a AS time, 1"), "a time series needs"),
        (_set(0, "panels", 3, "targets", 0, "rawSql", to="SELECT 1, a AS time ORDER BY time"), "a time series needs"),
        (_set(0, "templating", "list", to=[]), "$platform is not declared"),
    ],
)
def test_a_slip_is_found(slip: Callable[[list[dict[str, Any]]], None], told: str) -> None:
    made = copy.deepcopy(boards())
    slip(made)
    assert any(told in complaint for complaint in complaints(made, UIDS))


def test_the_languages_have_the_same_words() -> None:
    assert words("en").keys() == words("zh").keys()


def test_no_word_is_left_that_nothing_shows() -> None:
    shown: set[str] = {"link.floor", "link.boards"}
    for board in BOARDS:
        shown |= {board.name, f"{board.name}.about", *(f"variable.{one.name}" for one in board.variables)}
        shown |= {f"row.{row.name}" for row in board.rows}
        for panel in board.panels():
            shown |= {f"{board.name}.{panel.name}", f"{board.name}.{panel.name}.about"}
            shown |= {f"column.{column}" for column in panel.columns}
    shown |= {f"rule.{rule.name}{what}" for rule in RULES for what in ("", ".summary")}
    assert set(words("en")) - shown == set()


def test_a_link_of_a_table_leads_to_the_watch_floor() -> None:
    (holder,) = [board for board in boards() if board["uid"] == "rightswatch-holder"]
    links = [
        link["url"]
        for panel in holder["panels"]
        for override in panel.get("fieldConfig", {}).get("overrides", [])
        for changed in override["properties"]
        if changed["id"] == "links"
        for link in changed["value"]
    ]
    assert links == [f"{FLOOR_URL}/alerts/${{__value.raw}}"]
