"""Japan's forms of characters: a Japanese word where the text is Japanese, a disguise amid Chinese."""

import pytest

from tests.detectors.floor import outcome, right, screen


@pytest.mark.parametrize(
    ("title", "mark"), [("周黒鸭 鸭脖", "周黑鸭"), ("広汽传祺 车标", "广汽传祺"), ("元気森林 气泡水", "元气森林")]
)
def test_a_japanese_form_amid_chinese_hides_the_mark(title: str, mark: str) -> None:
    (alert,) = screen(title, right(marks=[mark])).alerts
    assert [(reason.how, reason.text) for reason in alert.reasons] == [("confusable", title.split()[0])]


@pytest.mark.parametrize("title", ["元気森林 マスク お茶", "元气森林 气泡水", "元氣森林 氣泡水"])
def test_in_japanese_and_in_either_chinese_it_is_spelling(title: str) -> None:
    assert outcome(title, right(marks=["元气森林"])) == "mention"


def test_a_mark_that_is_registered_so_is_no_disguise_of_itself() -> None:
    assert outcome("増田屋 长裤", right(marks=["増田屋"])) == "mention"
