"""What a data pack adds to what ships: more honest titles, a raw watchlist, real compatible-with rows. Measured only;
nothing of evaluation-only is kept or shown in documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from benchmarks.accuracy.corpus import HAN_MARK, LATIN_MARK, Corpus, matching
from benchmarks.accuracy.making import listing, right
from benchmarks.accuracy.records import Case, Offer
from benchmarks.records import BenchmarkError

TITLES = (  # file, language, the field that has the title
    ("en_flipkart", "en", "title"),
    ("en_amazon2020", "en", "title"),
    ("zh_taobao_ner", "zh", "title"),
    ("zh_taobao_ner2", "zh", "title"),
    ("zh_shop_queries", "zh", "text"),
    ("zh_jd_compat", "zh", "title"),
)


def with_pack(corpus: Corpus, folder: Path) -> Corpus:
    """The corpus and the pack.

    Raises:
        BenchmarkError: the folder holds no pack.
    """
    if not (folder / "open" / "marks").is_dir():
        raise BenchmarkError(f"{folder} is not a data pack: it has no open/marks")
    rows = {name: list(_rows(folder / "evaluation-only" / "listings" / f"{name}.jsonl")) for name, _, _ in TITLES}
    shop = [row for row in _rows(folder / "open/listings/zh_titles.jsonl") if row["source"] == "newbee-mall"]
    offers = [offer for name, language, field in TITLES for offer in _offers(rows[name], language, field)]
    offers += _offers(shop, "zh", "title")
    labelled = rows["zh_taobao_ner"] + rows["zh_taobao_ner2"]
    brands = [brand["raw"] for row in labelled for brand in row["brands"]]
    brands += [row["brand"] for row in rows["en_flipkart"] if row["brand"]]
    return replace(
        corpus,
        honest=(*corpus.honest, *offers),
        latin_marks=tuple(dict.fromkeys((*corpus.latin_marks, *matching(LATIN_MARK, brands)))),
        han_marks=tuple(dict.fromkeys((*corpus.han_marks, *matching(HAN_MARK, brands)))),
        watchlist=tuple(_watchlist(folder / "open" / "marks")),
        labelled_compatible=tuple(_compatible(rows["zh_jd_compat"])),
    )


def _offers(rows: Iterable[Mapping[str, Any]], language: str, field: str) -> Iterator[Offer]:
    for row in rows:
        described = {name: row[name] for name in ("description", "category") if row.get(name)}
        brand = {"brand": row["brand"]} if row.get("brand") else {}
        place = _own_brand(row)
        yield Offer(listing=listing(row["id"], row[field], lang=language, **described, **brand), place=place)


def _own_brand(row: Mapping[str, Any]) -> tuple[int, int] | None:
    labelled = [brand for brand in row.get("brands") or () if "start" in brand]
    return (labelled[0]["start"], labelled[0]["end"]) if labelled else None


def _watchlist(marks: Path) -> Iterator[dict[str, Any]]:
    """Every name of brands_nsi, the aliases and the logos as it is, ordinary words and all."""
    for row in _rows(marks / "brands_nsi.jsonl"):
        yield _watched(row["id"], [row["name"], *row["names"].values()], row["aliases"])
    for number, row in enumerate(_rows(marks / "brand_alias_zh_en.jsonl")):
        yield _watched(f"alias-{number}", [row["en"], row["zh"]], [])
    for row in _rows(marks / "logos.jsonl"):
        yield _watched(row["id"], [row["brand"], *(row["loc"] or {}).values()], row["aliases"])


def _watched(name: str, marks: list[str], aliases: list[str]) -> dict[str, Any]:
    return {"right_id": f"watched {name}", "kind": "trademark", "marks": list(dict.fromkeys(marks)), "aliases": aliases}


def _compatible(rows: list[dict[str, Any]]) -> Iterator[Case]:
    """JD titles of goods for another brand's goods (label 37), the right being that brand's."""
    for number, row in enumerate(row for row in rows if row["compatible_with_brand"]):
        name = f"compatible_labelled-{number}"
        marks = list(dict.fromkeys(brand["raw"] for brand in row["compatible_with_brand"]))
        own = [brand["raw"] for brand in row["brands"]]
        brand = {"brand": own[0]} if own else {}
        yield Case(listing=listing(name, row["title"], lang="zh", **brand), right=right(name, marks))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(orjson.loads, path.read_bytes().splitlines())
