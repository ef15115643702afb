"""Claims are found however they are written, with exact spans, and bare numbers are never claims."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.patents.claims import find_claims
from detectors.patents.folding import fold, fold_with_origins
from detectors.patents.numbers import check_digit

BODIES = st.builds(
    lambda year, kind, serial: f"{year}{kind}{serial:07d}",
    st.integers(2004, 2026),
    st.sampled_from("12389"),
    st.integers(0, 9_999_999),
)
STYLES = [
    "ZL{y}{k}{s}.{c}",
    "ZL{y} {k} {s}.{c}",
    "ZL {y}{k}{s}.{c}",
    "zl{y} {k}{s}.{c}",
    "ZL{y}{k}{s}{c}",
    "ZL：{y}-{k}-{s}.{c}",
    "专利号：{y}{k}{s}.{c}",
    "专利号:ZL{y}{k}{s}.{c}",
    "專利號 {y}{k}{s}.{c}",
    "（专利号 {y} {k} {s}.{c}）",
    "CN{y}{k}{s}.{c}",
    "国家专利 {y}{k}{s}.{c}\u00a0",
    "Patent No. {y}{k}{s}.{c}",
    "patents no: ZL{y}{k}{s}.{c}",
    "ＺＬ{y}{k}{s}．{c}",
    "Z\u200bL{y}\u2060{k}\ufeff{s}.{c}",
]
FULL_WIDTH = str.maketrans("0123456789X.", "０１２３４５６７８９Ｘ．")


@given(BODIES, st.sampled_from(STYLES), st.booleans(), st.sampled_from(["", "耐克 ﬁne ", "𝐍ike, "]))
def test_every_way_of_writing_is_found_with_an_exact_span(body: str, style: str, wide: bool, before: str) -> None:
    parts = {"y": body[:4], "k": body[4], "s": body[5:], "c": check_digit(body)}
    if wide:
        parts = {name: part.translate(FULL_WIDTH) for name, part in parts.items()}
    text = before + style.format(**parts) + " 正品"
    (claim,) = find_claims(text)
    assert claim.number is not None
    assert claim.number.normalised == f"{body}.{check_digit(body)}"
    assert text[claim.start : claim.end] == claim.text
    assert claim.text.endswith(parts["c"])
    assert fold(claim.text)[:2] in ("zl", "cn", "20")


@pytest.mark.parametrize(
    "text",
    [
        "EAN 6901234567892 专利产品",
        "201510958772.0",
        "订单号 2015109587720",
        "puzzle 2015109587720",
        "ISBN 9787111213826 patent law",
        "patent leather bag 1700000000000",
        "ZL50 装载机",
        "ZL-1234 专用轮胎",
        "tel 13800138000 专利",
        "Patent No. 10123456",
        "专利证书号：第4567890号",
        "商标申请号 12345678",
        "CN1234567A",
        "CN2015109587720",
        "专利款 2015109587721 只",
        "专利号见包装 电话 400-800-1234",
        "专利号：见图",
    ],
)
def test_numbers_that_are_no_claims(text: str) -> None:
    assert find_claims(text) == []


@given(st.text("0123456789 .-", max_size=60))
def test_digits_without_context_never_match(text: str) -> None:
    assert find_claims(text) == []


@pytest.mark.parametrize(
    "text", ["ZL2025100XXXX", "专利号：12345678901", "专利 ZL2015109587", "专利号 2015109587XXX.X"]
)
def test_placeholders_and_wrong_lengths_are_malformed_claims(text: str) -> None:
    (claim,) = find_claims(text)
    assert claim.number is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("发明专利 ZL202020566088.9", "invention"),
        ("实用新型专利号：ZL202020566088.9", "utility_model"),
        ("ZL202020566088.9（外观设计专利）", "design"),
        ("utility model patent no. 202020566088.9", "utility_model"),
        ("ZL202020566088.9 ", None),
        ("保护套新 发明专利 ZL202129978380.9", "invention"),
        ("保护套新发明 ZL202129978380.9", None),
    ],
)
def test_the_stated_kind(text: str, kind: str | None) -> None:
    (claim,) = find_claims(text)
    assert claim.stated_kinds == frozenset({kind} if kind else ())


def test_several_claims_keep_their_own_kinds() -> None:
    text = "发明专利：ZL201510958772.0 实用新型：ZL202020566088.9，ZL202322865413.3、201821844933.9"
    assert [set(claim.stated_kinds) for claim in find_claims(text)] == [{"invention"}, {"utility_model"}, set(), set()]


@pytest.mark.parametrize(
    ("text", "pending"),
    [
        ("专利申请号：202322865413.3（专利申请，尚未授权）", True),
        ("专利申请中 ZL202322865413.3", True),
        ("Patent pending, patent no. 202322865413.3", True),
        ("专利号：202322865413.3", False),
    ],
)
def test_a_lawfully_marked_application(text: str, pending: bool) -> None:
    (claim,) = find_claims(text)
    assert claim.is_pending is pending


@settings(max_examples=200)
@given(st.text(st.sampled_from("zlcn专利号 patent.no20151095877x０１２\u200b:：usd,"), max_size=80))
def test_spans_are_in_order_and_point_at_their_text(text: str) -> None:
    end = 0
    for claim in find_claims(text):
        assert end <= claim.start < claim.end <= len(text)
        assert text[claim.start : claim.end] == claim.text
        end = claim.end


@given(st.text(st.sampled_from("zl专利 号20１\u200b\u3000&nbsp;<b>xX×") | st.characters(), max_size=60))
def test_every_folded_sign_has_its_origin_in_order(text: str) -> None:
    folded = fold_with_origins(text)
    assert len(folded.text) == len(folded.origins)
    assert list(folded.origins) == sorted(folded.origins)
    assert all(0 <= origin < len(text) for origin in folded.origins)


@given(st.text(max_size=20), st.text(max_size=40))
def test_no_text_and_no_name_raises_or_gives_a_span_outside(name: str, text: str) -> None:
    for claim in find_claims("专利号 201510958772.0 " + text, name):
        assert claim.end <= len(text) + 19


@pytest.mark.parametrize(
    "unit",
    [
        "zl",
        "专利号",
        "1",
        "2015 ",
        "zl2015 1 095877",
        "专利 1 ",
        "patent ",
        "zl:::",
        "0x",
        "cn20",
        "1,2.3/4-",
        "d 123,",
    ],
)
def test_time_is_linear(unit: str) -> None:
    small, large = (min(_seconds(unit, size) for _ in range(3)) for size in (2_000, 16_000))
    assert large < 32 * small + 0.05


def _seconds(unit: str, size: int) -> float:
    text = "专利号 " + unit * (size // len(unit))
    start = time.process_time()
    find_claims(text)
    return time.process_time() - start
