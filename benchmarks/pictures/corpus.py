"""The pictures that cases are made of. What ships is benchmarks/data/pictures; a data pack has more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import orjson
from PIL import Image

from benchmarks.records import BenchmarkError

SHIPPED = Path(__file__).parent.parent / "data" / "pictures"
SET = "mg-luma"  # sold singly, in colours and as a kit, whose picture is made of the others'
Half = Literal["tuned", "held_out"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture. `group` is the product: two pictures of one group are neither copies nor unrelated."""

    group: str
    path: Path

    @property
    def half(self) -> Half:
        """Thresholds were chosen on the tuned half only. A product is in one of them."""
        return "tuned" if crc32(self.group.encode()) % 2 else "held_out"

    @property
    def is_protected(self) -> bool:
        """Four products of five are registered; the fifth stands beside them in collages, and is nobody's."""
        return crc32(b"protected" + self.group.encode()) % 5 > 0

    def load(self) -> Image.Image:
        with Image.open(self.path) as picture:
            return picture.convert("RGB")


@dataclass(frozen=True, slots=True)
class Corpus:
    protected: tuple[Picture, ...]
    strangers: tuple[Picture, ...]


def shipped(half: Half | None = None) -> Corpus:
    """What the project ships, or one half of it."""
    rows = _rows(SHIPPED / "pictures.jsonl")
    return _corpus((Picture(row["group"], SHIPPED / row["file"]) for row in rows), half)


def of_pack(folder: Path, half: Half | None = None) -> Corpus:
    """What a data pack has: measured only.

    Raises:
        BenchmarkError: the folder holds no pack.
    """
    images = folder / "open" / "images"
    if not images.is_dir():
        raise BenchmarkError(f"{folder} is not a data pack: it has no open/images")
    return _corpus(_pictures_of_pack(images), half)


def _pictures_of_pack(images: Path) -> Iterator[Picture]:
    for name in ("magento_products.jsonl", "grocery_products.jsonl"):
        for row in _rows(images / name):
            group = SET if row["id"].startswith("mg-luma-") else row["id"]
            yield from (Picture(group, images / image["file"]) for image in row["images"])
    yield from (Picture(row["file"], images / row["file"]) for row in _rows(images / "clothing.jsonl"))
    yield from (Picture(path.parent.name, path) for path in sorted((images / "abo").glob("*/*.jpg")))
    for name in ("bridge-mods_aaa-orig.jpg", "pen-and-coaster.png", "pytx_rgb.jpeg"):
        yield Picture(name, images / "pdq" / name)
    yield from (Picture(path.name, path) for path in sorted((images / "pdq").glob("labelme*")))


def _corpus(pictures: Iterable[Picture], half: Half | None) -> Corpus:
    wanted = [picture for picture in pictures if half in (None, picture.half)]
    return Corpus(
        tuple(picture for picture in wanted if picture.is_protected),
        tuple(picture for picture in wanted if not picture.is_protected),
    )


def _rows(path: Path) -> Sequence[Mapping[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]
