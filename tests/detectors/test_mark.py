"""What is a mark, what hides one and what is everyday spelling: through the pipeline, as a seller would see it."""

from __future__ import annotations

import pytest

from tests.detectors.floor import listing, marks_of, outcome, right, screen

ALERT, FAKE = "alert mark", "alert mark+coded_fake"


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("bike", "ike"),
        ("nikes", "NIKE"),
        ("as us version", "ASUS"),
        ("a sus plate", "ASUS"),
        ("15HP motor", "HP"),
        ("plan B", "B"),
        ("A1 paper", "A"),
        ("7 pieces", "7"),
        ("耐。克", "耐克"),
        ("SP35", "SEES"),
    ],
)
def test_no_mark_stands_here(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "nothing"


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("NIKE", "NIKE"),
        ("nike shoes", "NIKE"),
        ("Nike's shoes", "NIKE"),
        ("Nike’s shoes", "NIKE"),
        ("(Nike)", "NIKE"),
        ("nike,adidas", "NIKE"),
        ("正品NIKE鞋", "NIKE"),
        ("ＮＩＫＥ", "NIKE"),
        ("Ñike", "NIKE"),
        ("耐克鞋", "耐克"),
        ("新款耐克鞋子", "耐克"),
        ("茅臺酒", "茅台"),
        ("茅台酒", "茅臺"),
        ("나이키는 신발", "나이키"),
        ("ナイキの靴", "ナイキ"),
        ("ﾅｲｷ", "ナイキ"),
        ("Nestle\u0301 milk", "Nestlé"),
        ("N\u0303ike", "NIKE"),
        ("máy điện mới", "moi"),
        ("NIKE™", "NIKE"),
        ("NIKE® shoes", "NIKE"),
        ("HP15 laptop", "HP"),
        ("nike2026", "NIKE"),
        ("Louis-Vuitton bag", "Louis Vuitton"),
        ("LouisVuitton bag", "Louis Vuitton"),
        ("LOUIS  VUITTON", "Louis Vuitton"),
        ("uni-ball", "uniball"),
        ("H & M dress", "H&M"),
        ("СОРТ чая первый", "COPT"),
        ("л" * 3 + " ОРРО " + "л" * 3, "OPPO"),
    ],
)
def test_a_mark_named_plainly_is_a_mention(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "mention"


@pytest.mark.parametrize(
    ("title", "mark", "how"),
    [
        ("N1KE", "NIKE", "leetspeak"),
        ("N!ke", "NIKE", "leetspeak"),
        ("ad!das", "adidas", "leetspeak"),
        ("Νіkе", "NIKE", "confusable"),
        ("NlKE", "NIKE", "confusable"),
        ("AppIe", "Apple", "confusable"),
        ("HeIIo Kitty", "Hello Kitty", "confusable"),
        ("&#76;UMORA", "LUMORA", "compatibility"),
        ("ОРРО phone", "OPPO", "confusable"),
        ("n\u200bike", "NIKE", "zero_width"),
        ("n\u00adike", "NIKE", "zero_width"),
        ("n\u2060i\ufeffke", "NIKE", "zero_width"),
        ("耐\u200b克", "耐克", "zero_width"),
        ("N̶i̶k̶e̶", "NIKE", "combining"),
        ("n⃣i⃣k⃣e⃣", "NIKE", "combining"),
        ("𝐍𝐢𝐤𝐞", "NIKE", "compatibility"),
        ("Ⓝⓘⓚⓔ", "NIKE", "compatibility"),
        ("🇳🇮🇰🇪", "NIKE", "compatibility"),
        ("N.I.K.E", "NIKE", "separators"),
        ("N.I.K.E.", "NIKE", "separators"),
        ("a d i d a s", "adidas", "separators"),
        ("(N)(I)(K)(E)", "NIKE", "separators"),
        ("n*i*k*e", "NIKE", "separators"),
        ("ni*ke", "NIKE", "separators"),
        ("路*易威登", "路易威登", "separators"),
        ("耐·克", "耐克", "separators"),
        ("茅 台", "茅台", "separators"),
    ],
)
def test_a_disguise_alerts_and_says_how(title: str, mark: str, how: str) -> None:
    (alert,) = screen(title, right(marks=[mark])).alerts
    assert alert.detector == "mark"
    assert marks_of(alert) == [(title.rstrip(".)").lstrip("(").removesuffix(" phone"), mark, how)] or how in (
        "combining",
        "separators",
    )
    assert {reason.how for reason in alert.reasons} == {how}
    assert list(alert.signals) == ["mark", "disguise"]


@pytest.mark.parametrize("before", ["", "👟 ", "👨‍👩‍👧 ", "\U00020000，", "é ", "ﬁ ", "\x00 ", "㍿ "])
def test_spans_are_code_points_of_the_text_as_received(before: str) -> None:
    (alert,) = screen(before + "N1KE shoes", right()).alerts
    (reason,) = alert.reasons
    assert (reason.field, reason.start, reason.end) == ("title", len(before), len(before) + 4)
    assert (reason.text, alert.title[reason.start : reason.end]) == ("N1KE", "N1KE")


@pytest.mark.parametrize("field", ["title", "brand", "description", "attributes.材质"])
def test_every_field_is_read_and_named(field: str) -> None:
    parts = field.split(".")
    changes = {parts[0]: {parts[1]: "N1KE"} if len(parts) > 1 else "N1KE"}
    (alert,) = screen({**listing(), **changes}, right()).alerts
    assert [(reason.field, reason.start, reason.end) for reason in alert.reasons] == [(field, 0, 4)]


def test_disguised_places_come_first_and_plain_ones_follow() -> None:
    (alert,) = screen("NIKE nike N1KE", right()).alerts
    assert marks_of(alert) == [
        ("N1KE", "NIKE", "leetspeak"),
        ("NIKE", "NIKE", "identical"),
        ("nike", "NIKE", "identical"),
    ]


def test_a_mark_repeated_ten_thousand_times_is_one_alert_with_few_reasons() -> None:
    screening = screen("n1ke " * 10_000, right())
    (alert,) = screening.alerts
    assert len(alert.reasons) == 12
    assert screening.matches == 1


def test_rights_with_the_same_mark_each_alert() -> None:
    alerts = screen("N1KE", right("R1"), right("R2"), right("R3", marks=["nike"])).alerts
    assert [(alert.right_id, alert.reasons[0].matched) for alert in alerts] == [
        ("R1", "NIKE"),
        ("R2", "NIKE"),
        ("R3", "nike"),
    ]
    assert len({alert.alert_id for alert in alerts}) == 3


def test_an_alias_is_a_mark_too() -> None:
    (alert,) = screen("Νаіkі", right(aliases=["Naiki"])).alerts
    assert alert.reasons[0].matched == "Naiki"


def test_a_mark_spelled_as_registered_is_no_disguise_of_its_own_alias() -> None:
    assert outcome("O.P.P.O", right(marks=["OPPO", "O.P.P.O"])) == "mention"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("NIKE replica", FAKE),
        ("NIKE 高仿", FAKE),
        ("耐克莆田鞋", FAKE),
        ("NIKE 1:1 top quality", FAKE),
        ("ナイキ スーパーコピー", FAKE),
        ("나이키 짝퉁", FAKE),
        ("N1KE replica", FAKE),
        ("shoes, replica, like NIKE", FAKE),
        ("replica shoes! as worn by NIKE fans", FAKE),
        ("NIKE top quality", "mention"),
        ("NIKE 1:1", "mention"),
        ("NIKE 1:1 or 1:1", "mention"),
        ("NIKE not a replica", "mention"),
        ("NIKE 非高仿", "mention"),
        ("NIKE 拒绝假货", "mention"),
        ("NIKE AAA batteries, UA", "mention"),
        ("耐克 高仿真花", "mention"),
        ("耐克 翡翠A货", "mention"),
        ("NIKE replica jersey", "mention"),
        ("replica shoes", "nothing"),
        ("高仿", "nothing"),
    ],
)
def test_counterfeit_wording_beside_a_mark(title: str, expected: str) -> None:
    assert outcome(title, right(marks=["NIKE", "耐克", "ナイキ", "나이키"])) == expected


def test_a_word_for_fake_of_one_character_is_shown_where_it_speaks_of_the_mark_only() -> None:
    fake = screen("假NIKE 仿皮 shoes 假", right()).alerts[1]
    assert [(reason.text, reason.note) for reason in fake.reasons] == [
        ("假", "counterfeit wording, weak"),
        ("NIKE", None),
    ]


def test_a_coded_fake_shows_the_wording_and_the_mark() -> None:
    mark, fake = screen("NIKE 高 仿 shoes", right()).alerts
    assert marks_of(mark) == [("NIKE", "NIKE", "identical"), ("高 仿", "高仿", "separators")]
    assert [(reason.text, reason.matched) for reason in fake.reasons] == [("高 仿", "高仿"), ("NIKE", "NIKE")]
    assert fake.reasons[0].note == "counterfeit wording, strong"
    assert mark.group_id == fake.group_id
    assert mark.alert_id != fake.alert_id


def test_strong_wording_in_the_description_speaks_for_the_title_only() -> None:
    marks = right()
    assert outcome(listing("NIKE", description="good! replica"), marks) == FAKE
    assert outcome(listing("shoes", brand="NIKE", description="replica"), marks) == FAKE
    assert outcome(listing("shoes", description="like NIKE! replica"), marks) == "mention"
    assert outcome(listing("replica", description="like NIKE"), marks) == "mention"


def test_wording_of_one_listing_does_not_reach_the_next() -> None:
    rows = [listing("replica", listing_id="1"), listing("NIKE", listing_id="2"), listing("高仿", listing_id="3")]
    screening = screen(rows, right())
    assert (screening.alerts, dict(screening.screened)) == ((), {"mention": 1})


def test_the_score_of_a_coded_fake_is_high() -> None:
    (_, fake) = screen("N1KE replica", right()).alerts
    assert fake.tier == "high"
    assert list(fake.signals) == ["mark", "disguise", "counterfeit_wording"]


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("路易👜威登 手袋", "路易威登"),
        ("路易（威登）手袋", "路易威登"),
        ("路易,威登 手袋", "路易威登"),
        ("NI👟KE shoes", "NIKE"),
        ("4didas shoes", "adidas"),
        ("$amsung phone", "Samsung"),
        ("ph!1ips lamp", "Philips"),
        ("niκe shoes", "NIKE"),
        ("LU/MO/RA watch", "LUMORA"),
    ],
)
def test_a_sign_inside_a_mark_or_for_a_letter_is_a_disguise(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "alert mark"


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("NIKEⓇ shoes", "NIKE"),
        ("路易 威登 手袋", "路易威登"),
        ("Louis \u200bVuitton bag", "Louis Vuitton"),
        ("NIKE™ shoes", "NIKE"),
        ("U.G.G boots", "UGG"),
        ("the Lumoras shop", "Lumora"),
    ],
)
def test_what_honest_sellers_write_is_a_mention(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "mention"


@pytest.mark.parametrize(
    ("title", "mark"),
    [("家居用品 客厅", "品客"), ("note5 手机", "Notes"), ("4plus 手机", "APlus"), ("ni 👟 ke", "NIKE")],
)
def test_what_only_looks_like_a_mark_is_not_found(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "nothing"


@pytest.mark.parametrize(
    ("title", "mark"),
    [("M*C*M shoes", "MCM"), ("МСМ shoes", "MCM"), ("LEG0 shoes", "LEGO"), ("VAN0 shoes", "Vano")],
)
def test_a_short_mark_in_disguise_needs_its_own_goods(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark])) == "short_mark"
    assert outcome(title, right(marks=[mark], classes=["25"])) == "alert mark"


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("L*W*H 20 shoes", "WH"),
        ("U.S.A.F jacket", "USA"),
        ("S M L shoes", "SML"),
        ("EUR0.99 shoes", "EURO"),
        ("ВНР шапка мужская", "BHP"),
        ("van5 shoes", "Vans"),
    ],
)
def test_initials_sizes_and_prices_are_no_short_mark_in_disguise(title: str, mark: str) -> None:
    assert outcome(title, right(marks=[mark], classes=["25"])) in ("nothing", "mention")


def test_wording_far_away_says_nothing_about_a_mark() -> None:
    far = "NIKE socks. " + "Soft and warm cotton for every day. " * 8 + "Replica of apples"
    assert outcome(listing("socks", description=far), right(marks=["NIKE"])) == "mention"
