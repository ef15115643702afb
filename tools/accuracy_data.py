"""Makes benchmarks/data from the data pack: `python -m tools.accuracy_data [--pack ../shared/data/open]`.

The same pack gives the same bytes. Only rows that may be shipped are read: benchmarks/data/ATTRIBUTION.md.
The tables are taken from their sources here and nowhere else, so that the detectors' own tables never make the test.
"""

from __future__ import annotations

import argparse
import gzip
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "benchmarks" / "data"
SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "LISU", "LATIN LETTER SMALL CAPITAL")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LEFT_RIGHT = "1"  # the structure code of characters whose parts stand side by side, as they are read when written apart
WHOLE = "0"  # the structure code of characters that have no parts
SCORED = ("identical", "typo", "typo_inside", "contains")  # other relations are parse errors and third-party names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, default=OUT.parents[2] / "shared" / "data" / "open")
    pack = parser.parse_args().pack
    OUT.mkdir(exist_ok=True)
    _write("characters.jsonl.gz", characters(pack / "text"))
    _write("confusables.jsonl.gz", confusables(pack / "text"))
    _write("decisions.jsonl.gz", decisions(pack / "marks"))
    _write("not_honest.jsonl.gz", not_honest(pack / "listings"))


def characters(folder: Path) -> Iterator[dict[str, Any]]:
    """Per character: its sound, those of the same toneless sound or a similar shape, and its two parts."""
    facts: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    features = {row["c"]: row for row in _rows(folder / "zh_char_features.jsonl")}
    for line in (folder / "zh_same_pinyin.txt").read_text("utf-8").splitlines()[1:]:
        character, same_tone, other_tone = [*line.split("\t"), "", ""][:3]
        sound = features.get(character, {}).get("py")
        same = [other for other in (same_tone + other_tone).strip() if features.get(other, {}).get("py") == sound]
        facts[character]["homophones"] = "".join(dict.fromkeys(same)) if sound else ""
    for line in (folder / "zh_same_stroke.txt").read_text("utf-8").splitlines():
        group = [character for character in line.split() if len(character) == 1]
        for character in group:
            others = "".join(other for other in group if _is_similar(features.get(character), features.get(other)))
            known = facts[character].get("look_alikes", "")
            facts[character]["look_alikes"] = "".join(dict.fromkeys(known + others))
    for row in features.values():
        facts[row["c"]]["pinyin"] = row["py"]
        parts = [split for split in row["parts"] if len(split) == 2 and all(len(part) == 1 for part in split)]
        if row["struct"] == LEFT_RIGHT and parts:
            facts[row["c"]]["parts"] = ["".join(split) for split in parts]
    for character in sorted(facts):
        if len(character) == 1 and (kept := {name: value for name, value in facts[character].items() if value}):
            yield {"character": character} | kept


def _is_similar(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two characters of one group really look alike: a part is common, or neither has parts (末, 未).

    The groups of zh_same_stroke.txt go by strokes, so that some members share no more than a rough outline.
    """
    if one is None or other is None or one["c"] == other["c"]:
        return False
    ours, theirs = ({part for split in row["parts"] for part in split} | {row["c"]} for row in (one, other))
    return bool(ours & theirs) or one["struct"] == other["struct"] == WHOLE


def confusables(folder: Path) -> Iterator[dict[str, Any]]:
    """Per Latin letter the letters of other scripts (and small capitals) that UTS 39 calls confusable with it."""
    for row in sorted(_rows(folder / "unicode_confusables.jsonl"), key=lambda row: row["char"]):
        if row["char"] in LETTERS and len(row["char"]) == 1:
            found = [one for one in row["confusables"] if len(one) == 1 and _is_other_letter(one)]
            if found:
                yield {"letter": row["char"], "look_alikes": "".join(sorted(found))}


def _is_other_letter(character: str) -> bool:
    return (
        unicodedata.normalize("NFKC", character) == character
        and unicodedata.category(character)[0] == "L"
        and unicodedata.name(character, "").startswith(SCRIPTS)
    )


def decisions(folder: Path) -> Iterator[dict[str, Any]]:
    for row in _rows(folder / "udrp_decisions.jsonl"):
        if row["relation"] in SCORED and row["panel_says_similar"]:
            yield {name: row[name] for name in ("id", "url", "domain", "sign", "mark", "relation")}


def not_honest(folder: Path) -> Iterator[dict[str, Any]]:
    """Listings with shop wording such as "Cheap Jordans 2017": not known to be honest, so not counted as such."""
    for row in _rows(folder / "en_titles.jsonl"):
        if row.get("grey_signal"):
            yield {"listing_id": row["id"]}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _write(name: str, rows: Iterator[dict[str, Any]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows]
    packed = gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0)
    (OUT / name).write_bytes(packed)
    print(name, len(lines), "rows", len(packed), "bytes")


if __name__ == "__main__":
    main()
