"""`rightswatch scan --images DIR --read-words`, and the same by `POST /api/v1/check`: the models really read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image, ImageDraw, ImageFont

from detectors.pictures.seen import ReadLine
from detectors.watchlist import Watchlist, WatchlistBuilder
from streams.check import check_page
from streams.cli import run
from tests.detectors.pictures.made import encoded

RIGHT = {"right_id": "T1", "kind": "trademark", "marks": ["LUMORA"], "policy": "any_use", "classes": ["18"]}
LISTING = {"platform": "p", "listing_id": "1", "title": "new bag", "images": [{"path": "bag.png"}]}


def picture(text: str) -> Image.Image:
    image = Image.new("RGB", (320, 120), "white")
    ImageDraw.Draw(image).text((40, 40), text, "black", font=ImageFont.load_default(30))
    return image


def scan(folder: Path, capture: pytest.CaptureFixture[bytes], *options: str) -> tuple[int, list[dict[str, Any]]]:
    (folder / "bag.png").write_bytes(encoded(picture("LUMORA PARIS"), "PNG"))
    (folder / "rights.jsonl").write_bytes(orjson.dumps(RIGHT))
    (folder / "listings.jsonl").write_bytes(orjson.dumps(LISTING))
    code = run(["scan", "--rights", str(folder / "rights.jsonl"), *options, str(folder / "listings.jsonl")])
    return code, [orjson.loads(line) for line in capture.readouterr()[0].splitlines()]


def test_a_mark_in_a_picture_alerts_when_words_are_to_be_read(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, (alert,) = scan(tmp_path, capfdbinary, "--images", str(tmp_path), "--read-words")
    (reason,) = alert["reasons"]
    assert (code, alert["detector"], reason["text"], reason["field"]) == (0, "logo", "LUMORA", "images[0]")


def test_words_are_not_read_unless_asked_for(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert scan(tmp_path, capfdbinary, "--images", str(tmp_path)) == (0, [])


def test_reading_without_a_folder_is_a_mistake_in_the_command(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert scan(tmp_path, capfdbinary, "--read-words")[0] == 2


def _watchlist() -> Watchlist:
    builder = WatchlistBuilder()
    builder.apply({"revision": 1, "op": "put", "right": RIGHT})
    return builder.build()


def test_a_photograph_that_is_checked_is_read_whatever_its_title(tmp_path: Path) -> None:
    body = orjson.dumps({"platform": "check", "listing_id": "c", "title": "photograph", "images": [{"path": "p"}]})

    def reader(_data: bytes) -> tuple[ReadLine, ...]:
        return (ReadLine("LUMORA", (0, 0, 60, 20), 0.99),)

    screening = check_page(
        body, {"p": encoded(picture("x"), "PNG")}, _watchlist(), datetime(2026, 11, 21, tzinfo=UTC), reader=reader
    )
    assert [(alert.detector, alert.subject) for alert in screening.alerts] == [("logo", "T1")]
