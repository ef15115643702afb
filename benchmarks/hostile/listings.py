"""Hostile listings as lines of a page: hostile texts in any field, and lines whose JSON is itself the attack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import orjson

from benchmarks.hostile.texts import KINDS, Maker, Material

SHORT, LONG = (1, 160), (20_000, 100_000)  # code points of a text
PAGE_LISTINGS = 1_000
PAGE_BYTES = 800_000
_SURROGATES = ("\\ud800", "\\udfff", "\\udc00\\ud800", "\\ud83d\\udc5f", "\\u0000", "\\u00", "\\uZZZZ", "\\x", "\\")
_VALUES = (
    "null", "true", "-1", "1e999", "-1e-999", "9" * 400, "0.1e", "NaN", "Infinity", "[]", "{}", '""', '" "', '"x"',
    '{"a":{"a":{"a":[]}}}', "[" * 300, "{" * 300, '["NIKE",["NIKE",{"x":"NIKE"}]]', '{"name":"a","value":"NIKE"}',
    "01", "'", "[[1]]",
)  # fmt: skip
_NAMES = (
    "title", "brand", "description", "attributes", "seller", "images", "price", "currency", "condition", "state",
    "market", "category", "url", "platform", "listing_id", "tit\\u006ce", "x", "",
)  # fmt: skip

LineMaker = Callable[[Random, Material, tuple[int, int]], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of hostile line, of one size."""

    name: str
    size: tuple[int, int]
    line: LineMaker

    def pages(self, random: Random, material: Material) -> Iterator[tuple[bytes, int]]:
        """Bodies of pages without end, each with its number of lines."""
        while True:
            lines: list[bytes] = []
            room = PAGE_BYTES
            while len(lines) < PAGE_LISTINGS and room > 0:
                lines.append(self.line(random, material, self.size).replace(b"\n", b" "))
                room -= len(lines[-1]) + 1
            yield b"\n".join(lines), len(lines)


def kinds() -> list[Kind]:
    """Every kind of text, short and long; then every kind of line."""
    texts = [
        Kind(f"{name}, {length}", size, _with_text(maker))
        for length, size in (("short", SHORT), ("long", LONG))
        for name, maker in KINDS.items()
    ]
    return [*texts, *(Kind(name, SHORT, line) for name, line in _LINES.items())]


def _with_text(maker: Maker) -> LineMaker:
    def line(random: Random, material: Material, size: tuple[int, int]) -> bytes:
        text = maker(random, material, random.randint(*size)).encode("utf-8", "replace").decode()
        listing: dict[str, Any] = {"platform": "p", "listing_id": str(random.random()), "title": text}
        place = random.randrange(6)
        if place == 1:
            listing |= {"title": "NIKE", "description": text}
        elif place == 2:
            listing |= {"brand": text[:4_000], "seller": {"id": "s1", "name": text[:50]}}
        elif place == 3:
            listing |= {
                "title": "x",
                "attributes": {f"{text[:20]}{at}": text[at : at + 400] for at in range(0, 8_000, 400)},
            }
        elif place == 4:
            listing |= {"price": random.choice(("1", 3, "900")), "currency": "CNY", "condition": "used", "market": "CN"}
        return orjson.dumps(listing) if random.random() < 0.8 else json.dumps(listing).encode()

    return line


def _object(pairs: list[tuple[str, str]]) -> bytes:
    return ("{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}").encode("utf-8", "surrogatepass")


def _start(random: Random) -> list[tuple[str, str]]:
    return [("platform", '"p"'), ("listing_id", f'"{random.random()}"'), ("title", '"NIKE replica"')]


def _odd_values(random: Random, material: Material, size: tuple[int, int]) -> bytes:
    pairs = _start(random) + [(random.choice(_NAMES), random.choice(_VALUES)) for _ in range(random.randrange(6))]
    random.shuffle(pairs)
    return _object(pairs)


def _deep(random: Random, material: Material, size: tuple[int, int]) -> bytes:
    depth = random.randrange(1, 1_500)
    opening, closing = random.choice((("[", "]"), ('{"a":', "}")))
    return _object([*_start(random), (random.choice(_NAMES), opening * depth + '"NIKE"' + closing * depth)])


def _many_fields(random: Random, material: Material, size: tuple[int, int]) -> bytes:
    name = random.choice(("x", "", "a name longer than fourteen bytes", "名"))
    count = random.randrange(60, 300)
    fields = [(f"{name}{number % random.choice((7, 1_000))}", '"NIKE"') for number in range(count)]
    attributes = ",".join(f'"{name}{number}":"N1KE"' for number in range(count))
    return _object([*_start(random), *fields, ("attributes", "{" + attributes + "}")])


def _surrogates(random: Random, material: Material, size: tuple[int, int]) -> bytes:
    text = "".join(random.choice((*_SURROGATES, "NI", "KE", "耐")) for _ in range(random.randrange(1, 40)))
    return _object([*_start(random)[:2], ("title", f'"{text}"')])


def _broken(random: Random, material: Material, size: tuple[int, int]) -> bytes:
    line = bytearray(_with_text(KINDS["all of it"])(random, material, size))
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(line))
        line[at : at + random.randrange(3)] = random.choice(
            (b"", b'"', b"\\", b"{", b"]", bytes([random.randrange(256)]))
        )
    return bytes(line)


def _noise(random: Random, material: Material, size: tuple[int, int]) -> bytes:
    return random.randbytes(random.randint(*size))


_LINES: Mapping[str, LineMaker] = {
    "odd values": _odd_values,
    "deep objects": _deep,
    "many fields": _many_fields,
    "broken escapes and surrogates": _surrogates,
    "broken lines": _broken,
    "bytes": _noise,
}
