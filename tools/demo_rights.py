"""The watchlist of the demo: real brand names as trademark rights whose register facts are invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tools.demo_cases import CASES, PATENTS, US_PATENTS
from tools.demo_listings import gold_brands
from tools.demo_names import is_bare, name_key

ICON_LICENCES = {None, "CC0-1.0", "MIT", "Apache-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-2.5", "Unlicense"} | {
    f"CC-BY-SA-{version}" for version in ("2.0", "2.5", "3.0", "4.0")
}
ALIAS_SOURCES = {
    "name-suggestion-index": "name-suggestion-index",
    "CC-CEDICT (npm chinese-lexicon@1.0.43)": "cc-cedict",
    "OpenBG-Align via EcomGPT": "openbg",
    "MEP-3M 1k sample (JD titles)": "mep-3m",
    "simple-icons loc": "simple-icons",
}
LOGO_SOURCES = {
    "simple-icons": "simple-icons",
    "gilbarbara/logos": "gilbarbara-logos",
    "car-logos-dataset": "car-logos-dataset",
}
CHECK_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
KIND_DIGITS = {"invention": "1", "utility_model": "2", "design": "3"}


@dataclass(slots=True)
class Brand:
    """One brand under construction; the first of `names` is its main name."""

    names: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


class Brands:
    """Merges what several sources say about one brand. A main name decides; an alias never merges two brands."""

    def __init__(self) -> None:
        self._by_name: dict[str, Brand] = {}
        self.all: list[Brand] = []

    def add(self, source: str, name: str, names: Iterable[str] = (), aliases: Iterable[str] = ()) -> None:
        others = list(names)
        brand = self._by_name.get(name_key(name))
        if brand is None:
            brand = Brand()
            self.all.append(brand)
        brand.sources.add(source)
        brand.names += [name, *others]
        brand.aliases += aliases
        self._by_name.setdefault(name_key(name), brand)

    def add_pair(self, source: str, latin: str, chinese: str) -> None:
        """A pair joins the brand that has either name as its main name, else it is a brand of its own."""
        if name_key(latin) not in self._by_name and name_key(chinese) in self._by_name:
            self.add(source, chinese, [latin])
        else:
            self.add(source, latin, [chinese])


def collect(pack: Mapping[str, list[dict[str, Any]]]) -> Brands:
    brands = Brands()
    for row in pack["brands_nsi"]:
        brands.add("name-suggestion-index", row["name"], row["names"].values(), row["aliases"])
    for row in pack["logos"]:
        licence = row["icon_licence"]
        if licence in ICON_LICENCES or row["source"] != "simple-icons":
            brands.add(LOGO_SOURCES[row["source"]], row["brand"], (row["loc"] or {}).values(), row["aliases"])
    for row in pack["brand_alias_zh_en"]:
        brands.add_pair(ALIAS_SOURCES[row["source"]], row["en"], row["zh"])
    gold = Counter(b for row in pack["en_titles"] if row["source"] == "walmart-amazon" for b in gold_brands(row))
    for name, count in sorted(gold.items()):
        if count >= 2:
            brands.add("ditto", name)
    return brands


def trademarks(brands: Brands, is_plain: Callable[[str], bool]) -> Iterator[dict[str, Any]]:
    """One right for each brand that has a mark left. Every mark stands in one right: the first that claims it."""
    ordered = sorted(brands.all, key=lambda brand: (name_key(brand.names[0]), brand.names[0]))
    owners: dict[str, int] = {}
    for claim in (lambda b: b.names[:1], lambda b: b.names[1:], lambda b: b.aliases):
        for index, brand in enumerate(ordered):
            for name in claim(brand):
                owners.setdefault(name_key(name), index)
    number = 0
    for index, brand in enumerate(ordered):
        taken: set[str] = set()
        marks, aliases = (
            _kept(names, lambda n, i=index: owners[name_key(n)] == i and not (is_bare(n) or is_plain(n)), taken)  # type: ignore[misc]
            for names in (brand.names, brand.aliases)
        )
        if marks:
            number += 1
            yield _trademark(number, marks, aliases, sorted(brand.sources))


def _kept(names: list[str], is_wanted: Callable[[str], bool], taken: set[str]) -> list[str]:
    kept = []
    for name in names:
        if name_key(name) not in taken and is_wanted(name):
            taken.add(name_key(name))
            kept.append(name)
    return kept


def _trademark(number: int, marks: list[str], aliases: list[str], sources: list[str]) -> dict[str, Any]:
    right: dict[str, Any] = {
        "right_id": f"DEMO-TM-{number:06d}",
        "kind": "trademark",
        "number": f"DEMO-{number:06d}",
        "title": f"{marks[0]} (demo entry, invented register facts)",
        "holder": {"id": f"demo-holder-{number:06d}", "name": f"holder of {marks[0]} (demo)"},
        "status": "granted",
        "marks": marks,
        "aliases": aliases,
        "demo_sources": sources,
    }
    case = CASES.get(marks[0].casefold(), {})
    holder = right["holder"] | case.get("holder", {})
    return {name: value for name, value in (right | case | {"holder": holder}).items() if value}


def chinese_patents(us_rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    titles = [row["title"] for row in us_rows if row["type"] == "design"]
    for index, case in enumerate(PATENTS):
        body = f"{case['year']}{KIND_DIGITS[case['kind']]}{9_900_101 + index * 1_013}"
        yield {
            "right_id": f"DEMO-PAT-{index + 1:06d}",
            "office": "CN",
            "number": f"ZL{body}.{check_digit(body)}",
            "title": f"{titles[index]} (demo entry, invented number and register facts)",
            "holder": {"id": f"demo-patent-holder-{index + 1}", "name": "invented holder (demo)"},
            "filed_on": f"{case['year']}-05-04",
            "status_as_of": "2026-11-01",
            "demo_sources": ["us-patents"],
        } | {name: value for name, value in case.items() if name != "year"}


def us_patents(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Real patents with what their publication says. Their legal status today is not known: only the term is used."""
    owned = [row for row in rows if row["owners"] and row["publication_date"] > "2012" and row["type"] != "plant"]
    for row in sorted(owned, key=lambda row: str(row["publication_date"]), reverse=True)[:US_PATENTS]:
        granted, filed = (_iso(row[name]) for name in ("publication_date", "filing_date"))
        is_design = row["type"] == "design"
        expires = granted.replace(year=granted.year + 14) if is_design else filed.replace(year=filed.year + 20)
        is_application = str(row["kind"]).startswith("A")
        yield {
            "right_id": f"US-{row['number'].lstrip('0')}",
            "kind": "design" if is_design else "invention",
            "office": "US",
            "number": row["number"],
            "title": row["title"],
            "holder": {"name": row["owners"][0]},
            "status": "pending" if is_application else "granted" if expires > date(2026, 11, 21) else "expired",
            "status_as_of": "2026-11-21",
            "filed_on": filed.isoformat(),
            "expires_on": expires.isoformat(),
            "territories": ["US"],
            "claims": row["claims"][:1],
            "demo_sources": ["us-patents"],
        } | ({"abstract": row["abstract"]} if row["abstract"] else {})


def check_digit(body: str) -> str:
    """The check digit of a 12-digit Chinese patent number (standard ZC 0006-2003)."""
    rest = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _iso(compact: str) -> date:
    return date.fromisoformat(compact)
