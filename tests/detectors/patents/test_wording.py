"""The vocabulary is data that a lawyer can edit; what is wrong with it is named."""

from __future__ import annotations

from importlib.resources import files

import pytest

from detectors.patents.wording import PatentWordingError, patent_wording, read_wording

SHIPPED = (files("detectors") / "data/patents.toml").read_bytes()


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        (b"[label]", b"[labels]", r"\[label\]: the table is missing"),
        (b"[kind.design]", b"[kind.designs]", r"\[kind.design\]: the table is missing"),
        (b"[notice] #", b'[notice]\nde = "text"\n#', r"\[notice\]: must hold lists"),
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
