"""Names known to say nothing of patents: what the table says is what a set says, whatever the names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.patents.attributes import naming_patents
from detectors.patents.known import KEPT_BYTES, KEPT_NAMES, KnownNames
from detectors.patents.wording import patent_wording

NAMES = st.lists(st.one_of(st.binary(max_size=3), st.text("ab颜色", max_size=6).map(str.encode)), max_size=12)
ALIKE = [b"".join(parts) for parts in product((b"Aa", b"BB"), repeat=6)]  # 31 * A + a is 31 * B + B


def page(names: Sequence[bytes]) -> tuple[bytes, NDArray[np.int32]]:
    content, spans = b'{"', []
    for name in names:
        spans.append((len(content), len(content) + len(name)))
        content += name + b'":"'
    return content, np.array(spans, np.int32).reshape(-1, 2)


def unknown(known: KnownNames, names: Sequence[bytes]) -> list[bytes]:
    return [names[row] for row in known.unknown(*page(names)).tolist()]


@given(st.lists(NAMES), NAMES)
@example([[b"a"], [b"a", b""], [b"b"]], [b"a", b"", b"", b"b", b"ab"])
@example([[b"Aa"]], [b"BB", b"Aa"])
def test_what_is_not_known_is_what_is_not_in_a_set(added: list[list[bytes]], asked: list[bytes]) -> None:
    known, twin = KnownNames(), set[bytes]()
    for names in added:
        known.add(set(names) - twin)
        twin.update(names)
    assert unknown(known, asked) == [name for name in asked if name not in twin]


def test_a_name_is_never_taken_for_one_that_was_made_to_stand_in_its_place() -> None:
    known = KnownNames()
    known.add(ALIKE[:8])
    assert unknown(known, ALIKE) == ALIKE[8:]
    known.add(ALIKE[8:])
    left_out = unknown(known, ALIKE)
    assert 0 < len(left_out) < len(ALIKE)
    assert unknown(known, ["颜色".encode()]) == ["颜色".encode()]


def test_what_is_kept_is_bounded() -> None:
    known = KnownNames()
    longest = b"n" * KEPT_BYTES
    known.add([longest + b"n", longest])
    assert unknown(known, [longest, longest + b"n"]) == [longest + b"n"]
    many = [b"%d" % number for number in range(3 * KEPT_NAMES)]
    known.add(many)
    assert unknown(known, [longest, *many]) == [longest, *many[KEPT_NAMES:]]
    known.add([b"one more"])
    assert unknown(known, [b"one more", *many]) == many


@given(st.lists(st.sampled_from(["专利号", "Patent No.", "颜色", "材质", "专利证书编号", "n" * 300]), max_size=9))
def test_the_same_names_say_the_same_however_often_they_come(names: list[str]) -> None:
    wording = replace(patent_wording(), other_names=KnownNames())
    asked = page([name.encode() for name in names])
    expected = [row for row, name in enumerate(names) if name in ("专利号", "Patent No.")]
    assert [naming_patents(*asked, wording) for _ in range(3)] == [expected] * 3
