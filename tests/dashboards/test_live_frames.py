"""What of a frame goes to one who does not see everything: slices of the same bytes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from dashboards.live_frames import Frame, alerts_event, changes_event, runs_of
from sinks.visible import EVERYTHING, Visible

NAMES = {"A": {"mark": "Alpha"}, "B": {"mark": "Beta, ],}"}}
ALERTS: list[dict[str, Any]] = [
    {"alert_id": "1", "right_id": "A", "seller": {"region": "440300"}},
    {"alert_id": "2", "right_id": "B", "title": '],"rights":{}', "seller": {}, "ships_from": "350300"},
    {"alert_id": "3", "right_id": None, "seller": {"region": "4403"}},
]
FRAME = alerts_event(ALERTS, NAMES, "7-1", after="7-0")


def read(frame: Frame) -> tuple[str, Any]:
    lines = dict(line.split(b": ", 1) for line in frame.payload.strip().split(b"\n"))
    return lines[b"id"].decode(), orjson.loads(lines[b"data"]) if b"data" in lines else None


def of_rights(*rights: str) -> Visible:
    return Visible(holders=frozenset({"h"}), rights=frozenset(rights))


def test_whoever_sees_everything_gets_the_frame_itself() -> None:
    assert FRAME.seen_by(EVERYTHING) is FRAME
    assert read(FRAME) == ("7-1", {"alerts": ALERTS, "rights": NAMES})


@pytest.mark.parametrize(
    ("visible", "alerts", "names"),
    [
        (of_rights("A"), [0], ["A"]),
        (of_rights("B"), [1], ["B"]),
        (of_rights("A", "B"), [0, 1], ["A", "B"]),
        (Visible(regions=("44",)), [0, 2], ["A"]),
        (Visible(regions=("35",)), [1], ["B"]),
    ],
)
def test_only_what_is_seen_is_in_it_and_the_rights_of_that(
    visible: Visible, alerts: list[int], names: list[str]
) -> None:
    frame = FRAME.seen_by(visible)
    shown = {"alerts": [ALERTS[number] for number in alerts], "rights": {name: NAMES[name] for name in names}}
    assert read(frame) == ("7-1", shown)
    assert (frame.position, frame.after, frame.alerts) == ("7-1", "7-0", len(alerts))


@pytest.mark.parametrize("visible", [of_rights(), of_rights("C"), Visible(regions=())])
def test_where_nothing_is_seen_only_the_place_moves_on(visible: Visible) -> None:
    frame = FRAME.seen_by(visible)
    assert frame.payload == b"id: 7-1\n\n"
    assert (frame.position, frame.after, frame.alerts) == ("7-1", "7-0", 0)


def change(group_id: str, right_id: str, region: str) -> bytes:
    state = {"state": "closed", "version": 1}
    about = {"group_id": group_id, "right_id": right_id, "seller": {"region": region}, "at": "2026-11-21T10:00:00.000Z"}
    return orjson.dumps(about | {"state": state})


def test_of_what_people_do_only_what_is_about_ones_own_is_in_it() -> None:
    frame = changes_event([("7-0", change("g1", "A", "4403")), ("7-1", change("g2", "B", "3503"))], after="6-0")
    for visible in (of_rights("B"), Visible(regions=("35",))):
        _, shown = read(frame.seen_by(visible))
        assert shown["changes"] == [{"group_id": "g2", "state": "closed", "version": 1}]
    assert frame.seen_by(of_rights("C")).payload == b"id: 7-1\n\n"


def test_entries_come_in_runs_of_one_kind_in_their_order_none_longer_than_a_frame() -> None:
    alert, state = b'{"alert_id":"1"}', change("g1", "A", "")
    kinds = [alert] * 201 + [state, state] + [alert, state]
    entries = [(f"{number}-0", body) for number, body in enumerate(kinds)]
    runs = list(runs_of(entries))
    assert [entry for run in runs for entry in run] == entries
    assert [len(run) for run in runs] == [200, 1, 2, 1, 1]
    assert list(runs_of([])) == []


def test_outsiders_are_told_what_became_of_a_group_and_not_who_decided() -> None:
    state = {"state": "closed", "version": 1, "judged_by": "ann", "note": "as last week"}
    announced = {"group_id": "g1", "right_id": "A", "seller": {"region": "44"}, "state": state}
    frame = changes_event([("7-0", orjson.dumps(announced))], after="6-0")
    assert read(frame)[1]["changes"] == [{"group_id": "g1", **state}]
    outsiders = {"group_id": "g1", "state": "closed", "version": 1, "judged_by": None, "note": None}
    for visible in (of_rights("A"), Visible(regions=("44",))):
        assert read(frame.seen_by(visible))[1]["changes"] == [outsiders]


def test_a_frame_says_how_new_its_newest_alert_is() -> None:
    alerts = [{**ALERTS[0], "revision": revision} for revision in (3, 8, 5)]
    assert alerts_event(alerts, NAMES, "7-1", after="7-0").revision == 8
