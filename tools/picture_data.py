"""Makes benchmarks/data/pictures from the data pack: `python -m tools.picture_data [--pack ../shared/data/open]`.

Only pictures that may be shipped: benchmarks/data/pictures/README.md. They are made smaller, once, here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

OUT = Path(__file__).parent.parent / "benchmarks" / "data" / "pictures"
SIDE, QUALITY = 400, 80
EACH_CATEGORY = 7  # clothing: of ten categories
IN_STORE = 2  # photographs of each grocery product, beside its studio picture
PDQ = ("bridge-mods_aaa-orig.jpg", "pen-and-coaster.png", "labelme_q0746.jpg", "labelme_q1050.jpg", "labelme_q2821.jpg")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=OUT.parents[3] / "shared" / "data" / "open")
    images = parser.parse_args().pack / "images"
    OUT.mkdir(parents=True, exist_ok=True)
    rows = []
    for file, group, source in [*clothing(images), *grocery(images), *abo(images), *pdq(images)]:
        name = f"{source}-{Path(file).stem}.jpg"
        with Image.open(images / file) as picture:
            picture = picture.convert("RGB")
            picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            picture.save(OUT / name, "JPEG", quality=QUALITY, optimize=True)
        rows.append({"file": name, "group": group, "source": source})
    (OUT / "pictures.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def clothing(images: Path) -> Iterator[tuple[str, str, str]]:
    taken: dict[str, int] = {}
    for row in _rows(images / "clothing.jsonl"):
        number = taken.get(row["category"], 0)
        if number < EACH_CATEGORY:
            taken[row["category"]] = number + 1
            yield row["file"], row["file"], "clothing"


def grocery(images: Path) -> Iterator[tuple[str, str, str]]:
    for row in _rows(images / "grocery_products.jsonl"):
        studio = [image["file"] for image in row["images"] if image["view"] == "studio"]
        in_store = [image["file"] for image in row["images"] if image["view"] != "studio"]
        for file in studio + in_store[:IN_STORE]:
            yield file, row["id"], "grocery"


def abo(images: Path) -> Iterator[tuple[str, str, str]]:
    for file in sorted((images / "abo").glob("*/*.jpg")):
        yield str(file.relative_to(images)), f"abo-{file.parent.name}", "abo"


def pdq(images: Path) -> Iterator[tuple[str, str, str]]:
    for name in PDQ:
        yield f"pdq/{name}", f"pdq-{name}", "pdq"


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


if __name__ == "__main__":
    main()
