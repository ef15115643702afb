"""The published PDQ vectors: data/README.md."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detectors.pictures.fingerprint import Fingerprint
from detectors.pictures.hashing import fingerprint
from detectors.pictures.reading import read_picture
from tests.detectors.pictures.made import DATA, decoded, of_luma

VECTORS: list[dict[str, Any]] = [json.loads(line) for line in (DATA / "vectors.jsonl").read_text().splitlines()]
# Noise in 16 bits, and noise under a random transparency: published as Pillow drops and clips them, shown otherwise.
NOT_AS_SHOWN = {"pytx_I16.png", "pytx_LA.png"}


def named(vector: dict[str, Any]) -> str:
    return f"{vector['file']} in {vector['source']}"


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_pillows_pixels_have_the_published_fingerprint(vector: dict[str, Any]) -> None:
    with Image.open(DATA / vector["file"]) as image:
        rgb = np.asarray(image.convert("RGB"), np.float64)
    found = fingerprint(of_luma(rgb @ [0.299, 0.587, 0.114]))
    assert found.distance(Fingerprint.from_hex(vector["pdq"])) <= vector["tolerance"]
    assert found.quality == vector.get("quality", found.quality)


@pytest.mark.parametrize("vector", [one for one in VECTORS if one["file"] not in NOT_AS_SHOWN], ids=named)
def test_a_file_has_the_published_fingerprint(vector: dict[str, Any]) -> None:
    found = fingerprint(decoded((DATA / vector["file"]).read_bytes()))
    assert found.distance(Fingerprint.from_hex(vector["pdq"])) <= vector["tolerance"]
    assert found.quality == vector.get("quality", found.quality)


@pytest.mark.parametrize(
    ("file", "quality", "refusal"),
    [
        ("misc_small.jpg", 0, "low_quality"),
        ("labelme_q0003.jpg", 3, "low_quality"),
        ("labelme_q0004.jpg", 4, "low_quality"),
        ("misc_wee.jpg", 100, None),
        ("labelme_q0122.jpg", 100, None),
    ],
)
def test_a_quality_under_50_is_a_visible_outcome(file: str, quality: int, refusal: str | None) -> None:
    reading = read_picture((DATA / file).read_bytes())
    assert reading.fingerprint is not None
    assert (reading.fingerprint.quality, reading.refusal) == (quality, refusal)


@pytest.mark.parametrize("file", [one["file"] for one in VECTORS if one["source"] == "pdq_test.py"])
def test_a_published_vector_of_at_most_512_px_is_met_to_the_bit(file: str) -> None:
    picture = decoded((DATA / file).read_bytes())
    published = [one for one in VECTORS if one["file"] == file and max(picture.height, picture.width) <= 512]
    found = fingerprint(picture)
    if found.is_usable:
        assert all(found.distance(Fingerprint.from_hex(one["pdq"])) == 0 for one in published)
