"""Makes streams/demo/data from the data pack: `python -m tools.demo_data [--pack ../shared/data/open]`.

The same pack gives the same bytes. Only sources whose licence lets them be shipped are read; ATTRIBUTION.md in the data
folder names them, and tests/demo checks hashes and licences.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.demo_listings import gold_brands, listings
from tools.demo_names import Usage, is_han, name_key, ordinary_words
from tools.demo_rights import chinese_patents, collect, trademarks, us_patents

OUT = Path(__file__).parent.parent / "streams" / "demo" / "data"
INPUTS = {
    "en_titles": "listings/en_titles.jsonl",
    "zh_titles": "listings/zh_titles.jsonl",
    "brands_nsi": "marks/brands_nsi.jsonl",
    "logos": "marks/logos.jsonl",
    "brand_alias_zh_en": "marks/brand_alias_zh_en.jsonl",
    "us_patents": "patents/us_patents.jsonl",
}
SHOP_WORDS = {"aaa", "compatible", "generic", "public", "replacement", "sale"}  # plain in shops, by hand
SHORTEST_BASE = 4  # letters of a Latin mark that is disguised; a shorter one leaves too little to recognise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=OUT.parents[3] / "shared" / "data" / "open")
    pack = {name: _read(parser.parse_args().pack / path) for name, path in INPUTS.items()}
    rows = [row for row in pack["en_titles"] + pack["zh_titles"] if row["source"] != "newbee-mall"]
    made = list(listings(iter(rows)))
    rights = _rights(pack, rows)
    files = {"listings.jsonl.gz": made, "rights.jsonl.gz": rights, "bases.jsonl.gz": list(_bases(made, rights, rows))}
    manifest = {name: _write(OUT / name, content) for name, content in files.items()}
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    for name, facts in manifest.items():
        print(name, facts)


def _rights(pack: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    brands = collect(pack)
    words = ordinary_words(pack["us_patents"])
    usage = Usage(name for brand in brands.all for name in brand.names + brand.aliases)
    for row in rows:
        if gold_brands(row):
            usage.add(row["title"], gold_brands(row))
    plain = {
        n for b in brands.all for n in b.names + b.aliases if n.casefold() in words | SHOP_WORDS or usage.is_ordinary(n)
    }
    print(len(plain), "plain words left out:", ", ".join(sorted(plain, key=str.casefold)))
    marks = trademarks(brands, plain.__contains__)
    return [*marks, *chinese_patents(pack["us_patents"]), *us_patents(pack["us_patents"])]


def _bases(
    made: list[dict[str, Any]], rights: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    """Listings whose title names their own brand, a mark of the watchlist: what disguised listings are made from."""
    plain = [right for right in rights if "marks" in right and "demo_case" not in right]
    owners = {name_key(mark): right["right_id"] for right in plain for mark in _main_names(right)}
    weak = {
        row["id"]: row.get("brand_weak") or "" for row in rows if row["source"] == "wdc-lspm"
    }  # no gold brand there
    for listing in made:
        brand = listing.get("brand") or weak.get(listing["listing_id"], "")
        brands = {name_key(part) for part in re.split(r"[/（）()]", brand)}
        for key in sorted(brands & owners.keys(), key=lambda key: (-len(key), key)):
            place = _place(key, listing["title"])
            if place:
                yield {"listing_id": listing["listing_id"], "right_id": owners[key], "start": place[0], "end": place[1]}
                break


def _main_names(right: dict[str, Any]) -> list[str]:
    """The first name and the Chinese ones: what a listing's gold brand can be."""
    return [right["marks"][0], *(mark for mark in right["marks"][1:] if is_han(mark))]


def _place(key: str, title: str) -> tuple[int, int] | None:
    """Where the title has the mark as a whole word, in code points; None when it has it only in another form."""
    if len(key) < (2 if is_han(key) else SHORTEST_BASE) or title.count("\u200b"):
        return None
    pattern = re.escape(key) if is_han(key) else rf"(?<![^\W_]){re.escape(key)}(?![^\W_])"
    found = re.search(pattern, title, re.IGNORECASE)
    return found.span() if found else None


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _write(path: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    body = "".join(itertools.chain.from_iterable((_line(row), "\n") for row in rows)).encode()
    packed = gzip.compress(body, compresslevel=9, mtime=0)
    path.write_bytes(packed)
    return {"rows": len(rows), "bytes": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
