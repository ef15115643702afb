"""Detector logo: marks and patent claims in the words read in a listing's pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detectors.pictures.copies import Look, look_at
from detectors.pictures.decoding import decode
from detectors.pictures.picture import Picture
from detectors.pictures.seen import Looks, ReadLine, Seen
from detectors.records import Alert, Screening
from streams.pipeline import screen_page
from tests.detectors.floor import listing, page, right, watchlist

SHOP = {"platform": "taobao", "seller_id": "s1"}
ANY = {"policy": "any_use"}
BAD_NUMBER = "ZL201730000000.5"  # its check digit is 6

SIDE = 64  # pixels


def line(text: str, top: float = 0.0, left: float = 0.0, confidence: float = 0.99, size: float = 20.0) -> ReadLine:
    return ReadLine(text, (left, top, left + size * 0.5 * len(text), top + size), confidence)


def seen(*lines: ReadLine | str, digest: str = "d1") -> Seen:
    rows = [line(one, top=100.0 * at) if isinstance(one, str) else one for at, one in enumerate(lines)]
    return Seen(digest, _look(), lines=tuple(rows))


def within(*box: float) -> tuple[float, ...]:
    """A box in widths and heights of the picture that `seen` is about."""
    return tuple(round(at / SIDE, 4) for at in box)


@cache
def _look() -> Look:
    stream = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), np.uint8)).save(stream, "PNG")
    picture = decode(stream.getvalue())
    assert isinstance(picture, Picture)
    return look_at(picture)


def read(
    pictures: Sequence[Seen | Sequence[str]] | Mapping[str, Seen], *rights: Mapping[str, Any], **facts: Any
) -> Screening:
    """One listing with these pictures, each with its lines, against the rights."""
    looks: Looks = {
        f"{at}.jpg": one if isinstance(one, Seen) else seen(*one, digest=f"d{at}") for at, one in enumerate(pictures)
    }
    shown = listing(**{"title": "new arrival", "images": [{"path": path} for path in looks], **facts})
    return screen_page(page([shown]), watchlist(*rights), looks=looks, show_screened=True)


def outcome(screening: Screening) -> str:
    if screening.alerts:
        return "alert " + "+".join(alert.detector for alert in screening.alerts)
    return "+".join(sorted(screening.screened)) or "nothing"


def only(screening: Screening) -> Alert:
    (alert,) = screening.alerts
    return alert


def test_a_mark_in_a_picture_s_words_is_shown_where_it_stands() -> None:
    alert = only(read([["summer"], ["NIKE AIR"]], right(**ANY)))
    assert (alert.detector, list(alert.signals)) == ("logo", ["mark", "any_use"])
    assert [reason.to_json() for reason in alert.reasons] == [
        {
            "field": "images[1]", "start": 0, "end": 4, "text": "NIKE", "matched": "NIKE", "how": "identical",
            "note": "reads NIKE AIR", "picture": "d1", "box": within(0, 0, 80, 20),
        }
    ]  # fmt: skip


def test_the_sentence_names_the_picture_in_both_languages() -> None:
    alert = only(read([["summer"], ["NIKE AIR"]], right(**ANY)))
    assert alert.explanation.startswith("in the words read in picture 2, identical mark NIKE; ")
    assert alert.explanation_zh.startswith("第2张图片的文字中出现“NIKE”，对应商标“NIKE”")


@pytest.mark.parametrize(
    ("facts", "changes", "wanted"),
    [
        ({}, {}, "mention"),
        ({}, ANY, "alert logo"),
        ({"title": "高仿 1:1 复刻 运动鞋"}, {}, "alert logo"),
        ({"price": 10, "currency": "CNY"}, {"usual_price": {"amount": 500, "currency": "CNY"}}, "alert logo"),
        ({"price": 400, "currency": "CNY"}, {"usual_price": {"amount": 500, "currency": "CNY"}}, "mention"),
        ({"seller": {"id": "s1"}}, {**ANY, "holder": {"sellers": [SHOP]}}, "own_shop"),
        ({"seller": {"id": "s1"}}, {**ANY, "licensees": [{"seller_id": "s1"}]}, "licensee"),
        ({"seller": {"id": "s1"}}, {**ANY, "allow": [{"seller_id": "s1"}]}, "allow_list"),
        ({"market": "CN"}, {**ANY, "territories": ["JP"]}, "other_territory"),
        ({}, {**ANY, "expires_on": "2026-01-01"}, "lapsed_right"),
        ({"title": "fresh orange juice"}, {**ANY, "classes": ["9"]}, "other_goods"),
    ],
)
def test_it_is_judged_as_a_mark_in_the_text_is(facts: dict[str, Any], changes: dict[str, Any], wanted: str) -> None:
    assert outcome(read([["NIKE"]], right(**changes), **facts)) == wanted


def test_counterfeit_wording_in_the_picture_itself_counts_too() -> None:
    alert = only(read([["NIKE", "高仿"]], right()))
    assert "counterfeit_wording" in alert.signals
    assert [(reason.field, reason.text) for reason in alert.reasons] == [("images[0]", "NIKE"), ("images[0]", "高仿")]


@pytest.mark.parametrize("text", ["N1KE", "NlKE", "N I K E", "Nike.", "NIKE", "ΝΙΚΕ"])
def test_what_a_reader_confuses_is_no_disguise(text: str) -> None:
    assert outcome(read([[text]], right())) == "mention"
    alert = only(read([[text]], right(**ANY)))
    assert (alert.reasons[0].how, list(alert.signals)) == ("identical", ["mark", "any_use"])


@pytest.mark.parametrize("text", ["NIEK", "NIKEE", "NKE", "HIKE"])
def test_what_is_only_near_a_mark_may_be_misread_and_is_nothing(text: str) -> None:
    assert outcome(read([[text]], right(**ANY))) == "nothing"


@pytest.mark.parametrize(
    ("text", "confidence", "wanted"),
    [("LG", 0.95, "alert logo"), ("LG", 0.7, "nothing"), ("1G", 0.99, "nothing")],
)
def test_a_short_mark_has_to_be_read_plainly_and_surely(text: str, confidence: float, wanted: str) -> None:
    picture = seen(line(text, confidence=confidence))
    assert outcome(read([picture], right(marks=["LG" if text != "1G" else "IG"], **ANY))) == wanted


def test_a_mark_on_two_lines_is_read_across_them() -> None:
    lines = [line("THE NORTH", top=0), line("FACE", top=24), line("1 litre", top=200)]
    (reason,) = only(read([seen(*lines)], right(marks=["The North Face"], **ANY))).reasons
    assert (reason.text, reason.start, reason.end) == ("THE NORTH FACE", 0, 14)
    assert reason.box == within(0, 0, 90, 44)
    assert reason.note == "reads THE NORTH FACE"


def test_words_far_apart_are_no_mark() -> None:
    lines = [line("NORTH", top=0), line("FACE", top=400)]
    assert outcome(read([seen(*lines)], right(marks=["North Face"], **ANY))) == "nothing"


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_spans_are_those_of_the_line_whatever_the_order_of_lines(order: list[int]) -> None:
    lines = [line("new", top=0), line("original NIKE shoes", top=24), line("size 42", top=48)]
    (reason,) = only(read([seen(*[lines[at] for at in order])], right(**ANY))).reasons
    assert reason.box == within(*lines[1].box)
    assert lines[1].text[reason.start : reason.end] == reason.text == "NIKE"


def test_named_as_what_the_goods_are_for_in_the_title_the_picture_may_show_it() -> None:
    facts = {"title": "case compatible with NIKE watch"}
    assert outcome(read([["NIKE"]], right(**ANY), **facts)) == "compatible_use"


def test_the_title_s_own_mark_is_left_to_the_detector_of_marks() -> None:
    alert = only(read([["summer"]], right(**ANY), title="NIKE shoes"))
    assert alert.detector == "mark"


def test_text_and_picture_each_have_an_alert_of_one_group() -> None:
    alerts = read([["NIKE"]], right(**ANY), title="NIKE shoes").alerts
    assert [alert.detector for alert in alerts] == ["mark", "logo"]
    assert len({alert.group_id for alert in alerts}) == 1
    assert len({alert.alert_id for alert in alerts}) == 2


def test_a_wrong_patent_number_in_a_picture_alerts_with_its_code() -> None:
    lines = [line("外观设计专利", top=0), line(f"专利号：{BAD_NUMBER}", top=24)]
    alert = only(read([seen(*lines, digest="d0")], right()))
    (reason,) = alert.reasons
    assert (alert.detector, reason.code, reason.field, reason.picture) == ("logo", "check_digit", "images[0]", "d0")
    assert f"专利号：{BAD_NUMBER}"[reason.start : reason.end] == reason.text


@pytest.mark.parametrize(("text", "confidence"), [(f"专利号：{BAD_NUMBER}", 0.8), ("专利号：ZL2017300000", 0.99)])
def test_a_patent_number_that_may_be_misread_does_not_alert(text: str, confidence: float) -> None:
    assert outcome(read([seen(line(text, confidence=confidence))], right())) == "doubtful_reading"


def test_a_right_patent_number_is_no_finding() -> None:
    assert outcome(read([["外观设计专利号：ZL201730000000.6"]], right())) == "nothing"


def test_one_picture_shown_twice_is_told_of_once() -> None:
    same = seen("NIKE")
    assert len(only(read([same, same], right(**ANY))).reasons) == 1


def test_the_order_of_rights_changes_nothing() -> None:
    rights = [right("B", **ANY), right("A", **ANY), right("C", marks=["adidas"])]
    pictures = [["NIKE"], ["adidas"]]
    one, other = read(pictures, *rights), read(pictures, *reversed(rights))
    told = [(alert.subject, alert.reasons) for alert in one.alerts]
    assert told == [(alert.subject, alert.reasons) for alert in other.alerts]
    assert [subject for subject, _ in told] == ["A", "B"]
    assert one.screened == other.screened == {"mention": 1}


def test_everything_found_is_either_an_alert_or_counted_and_shown() -> None:
    screening = read([["NIKE"]], right("A", **ANY), right("B"), right("C", territories=["JP"]), market="CN")
    assert screening.matches == 3
    assert screening.screened == {"mention": 1, "other_territory": 1}
    assert sorted((one.screened, one.match.detector) for one in screening.shown) == [
        ("mention", "logo"),
        ("other_territory", "logo"),
    ]


def test_a_listing_without_words_beside_one_with_them_is_left_alone() -> None:
    looks: Looks = {"a.jpg": seen("NIKE")}
    rows = [listing("NIKE shoes", listing_id="1"), listing("shoes", listing_id="2", images=[{"path": "a.jpg"}])]
    screening = screen_page(page(rows), watchlist(right(**ANY)), looks=looks)
    assert [(alert.listing_id, alert.detector) for alert in screening.alerts] == [("1", "mark"), ("2", "logo")]


def test_a_picture_full_of_words_costs_no_more_than_its_bound() -> None:
    lines = [line("NIKE " * 40, top=30.0 * at) for at in range(2_000)]
    alert = only(read([seen(*lines)], right(**ANY)))
    assert len(alert.reasons) == 12
