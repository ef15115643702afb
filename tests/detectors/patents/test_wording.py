"""The vocabulary is data that a lawyer can edit; what is wrong with it is named."""

from __future__ import annotations

from importlib.resources import files

import pytest

from detectors.patents.wording import PatentWordingError, patent_wording, read_wording

SHIPPED = (files("detectors") / "data/patents.toml").read_bytes()


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        (b"[label]", b"[labels]", r"\[labels\]: unknown table"),
        (b"[kind.design]", b"[kind.designs]", r"\[kind.designs\]: unknown"),
        (b"[notice] #", b'[notice]\nde = "text"\n#', r"\[notice\] de: must be a list"),
        (b"[pharma]", b"[attributes]", r"\[attributes\]: unknown table"),
        (b'en = ["utility"', b'en = ["utility", ""', r"\[kind.utility\] en entry 2: must be a text of 1 to 60"),
        (b"version =", b"version ==", "patents.toml"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(before: bytes, after: bytes, complaint: str) -> None:
    with pytest.raises(PatentWordingError, match=complaint):
        read_wording(SHIPPED.replace(before, after, 1))


def test_the_longest_phrase_at_a_place_is_found_and_a_latin_one_not_inside_a_word() -> None:
    wording = patent_wording()
    assert wording.roles[wording.labels.search("专利证书号 1")[0]] == "other_label"  # type: ignore[index]
    assert wording.roles[wording.labels.search("专利号 1")[0]] == "label"  # type: ignore[index]
    assert wording.labels.search("spatula patio") is None
