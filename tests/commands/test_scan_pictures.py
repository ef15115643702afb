"""`rightswatch scan --images`: pictures in folders, edited as sellers do, and paths that lead nowhere or too far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image, ImageOps

from streams.cli import run
from tests.detectors.pictures.edited import OTHER, PROTECTED, cropped_and_covered, original
from tests.detectors.pictures.made import encoded, photograph

RIGHT = {"right_id": "CN-D-1", "kind": "design", "images": [{"path": "bridge.jpg"}]}


class Folders:
    """Rights and their pictures in one folder, listings' pictures in another."""

    def __init__(self, root: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.root, self._capture = root, capture
        for name in ("rights", "pictures"):
            (root / name).mkdir()
        self.put("rights/bridge.jpg", photograph())

    def put(self, name: str, picture: Image.Image | bytes) -> None:
        content = picture if isinstance(picture, bytes) else encoded(picture, "JPEG", quality=85)
        (self.root / name).write_bytes(content)

    def scan(self, *paths: str, right: dict[str, Any] | None = None) -> tuple[int, list[dict[str, Any]], str]:
        """Exit code, what was printed, and the summary, for one listing that names the pictures."""
        listing = {"platform": "p", "listing_id": "1", "title": "poster", "images": [{"path": path} for path in paths]}
        (self.root / "rights/rights.jsonl").write_bytes(orjson.dumps(right or RIGHT))
        (self.root / "listings.jsonl").write_bytes(orjson.dumps(listing))
        code = run([
            "scan", "--rights", str(self.root / "rights/rights.jsonl"), "--images", str(self.root / "pictures"),
            "--today", "2026-11-28", str(self.root / "listings.jsonl"),
        ])  # fmt: skip
        out, err = self._capture.readouterr()
        return code, [orjson.loads(line) for line in out.splitlines()], err.decode()


@pytest.fixture
def folders(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Folders:
    return Folders(tmp_path, capfdbinary)


def bordered(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, 30, "white")


def beside_another(picture: Image.Image) -> Image.Image:
    collage = Image.new("RGB", (2 * picture.width + 20, picture.height), "white")
    collage.paste(picture, (0, 0))
    collage.paste(ImageOps.invert(picture.rotate(180)), (picture.width + 20, 0))
    return collage


@pytest.mark.parametrize(
    ("edit", "view"),
    [
        (lambda picture: picture, "whole"),
        (lambda picture: picture.resize((200, 126)), "whole"),
        (ImageOps.mirror, "mirror"),
        (bordered, "trimmed"),
        (lambda picture: ImageOps.mirror(bordered(picture)), "trimmed, mirror"),
        (beside_another, "collage 1 of 2, trimmed"),
    ],
)
def test_a_picture_is_recognised_through_what_sellers_do_to_it(folders: Folders, edit: Any, view: str) -> None:
    folders.put("pictures/offer.jpg", edit(photograph()))
    code, (alert,), _ = folders.scan("offer.jpg")
    (reason,) = alert["reasons"]
    assert (code, alert["detector"], reason["matched"], reason["view"]) == (0, "image_copy", "bridge.jpg", view)
    assert reason["distance"] <= reason["threshold"] == 31


def test_a_crop_is_recognised_by_the_centre_of_the_right_s_picture(folders: Folders) -> None:
    picture = photograph()
    dx, dy = picture.width // 20, picture.height // 20
    folders.put("pictures/offer.jpg", picture.crop((dx, dy, picture.width - dx, picture.height - dy)))
    _, (alert,), _ = folders.scan("offer.jpg")
    assert alert["reasons"][0]["note"] == "centre 92 % of the right's picture"


def test_another_picture_is_none(folders: Folders) -> None:
    folders.put("pictures/offer.jpg", ImageOps.invert(photograph().rotate(180)))
    assert folders.scan("offer.jpg")[1] == []


@pytest.mark.parametrize("path", ["missing.jpg", "../rights/bridge.jpg", "/etc/passwd", "", "a" * 5000, "\0", "."])
def test_a_path_that_leads_nowhere_or_out_of_the_folder_shows_nothing(folders: Folders, path: str) -> None:
    code, printed, _ = folders.scan(path)
    assert (code, printed) == (0, [])


def test_a_link_out_of_the_folder_is_not_followed(folders: Folders) -> None:
    (folders.root / "pictures/link.jpg").symlink_to(folders.root / "rights/bridge.jpg")
    assert folders.scan("link.jpg")[1] == []


def test_what_is_no_picture_is_counted_and_the_others_are_looked_at(folders: Folders) -> None:
    folders.put("pictures/page.jpg", b"<html>404</html>")
    folders.put("pictures/offer.jpg", photograph())
    _, (alert,), summary = folders.scan("page.jpg", "offer.jpg")
    assert alert["reasons"][0]["field"] == "images[1]"
    assert "picture_not_a_picture 1" in summary


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "no such file beside the rights"), (b"<html>", "not_a_picture"), (b"", "empty")]
)
def test_a_right_whose_picture_cannot_be_read_is_refused_by_name(
    folders: Folders, content: bytes | None, problem: str
) -> None:
    if content is not None:
        folders.put("rights/other.jpg", content)
    code, printed, summary = folders.scan("offer.jpg", right={**RIGHT, "images": [{"path": "other.jpg"}]})
    assert (code, printed) == (1, [])
    assert f"rights.jsonl:1: images[0].path: 'other.jpg' cannot be watched for: {problem}" in summary


def test_a_crop_with_a_badge_is_found_by_its_pixels(folders: Folders) -> None:
    folders.put("rights/protected.jpg", original(PROTECTED))
    folders.put("pictures/offer.jpg", cropped_and_covered())
    code, (alert,), _ = folders.scan("offer.jpg", right={**RIGHT, "images": [{"path": "protected.jpg"}]})
    (reason,) = alert["reasons"]
    assert (code, alert["detector"], reason["how"], reason["view"]) == (0, "image_copy", "features", "cropped")


def test_a_crop_of_a_stranger_s_picture_is_not(folders: Folders) -> None:
    folders.put("rights/protected.jpg", original(PROTECTED))
    folders.put("pictures/offer.jpg", cropped_and_covered(OTHER))
    assert folders.scan("offer.jpg", right={**RIGHT, "images": [{"path": "protected.jpg"}]})[1] == []
