"""An alert in one sentence that can be read aloud: what was found where, how it is written, against which right.

In English and in Chinese. The right is named with its number, holder, the day it was in force and its classes, so that
nobody needs to look anything up to know what is said to be infringed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from detectors.circumstances import CONTACT, PRICE
from detectors.copy_evidence import FEATURES, agreement_numbers
from detectors.nicknames import NICKNAME, NICKNAME_OF
from detectors.records import Reason
from detectors.rights import Right
from detectors.watchlist.rules import Rules

MOST_CLAUSES = 6
MOST_CLASSES = 8
TEXT_SHOWN = 60  # code points
FIELD_SHOWN = 40

_FIELDS_ZH = {"title": "标题", "description": "描述", "brand": "品牌栏", "price": "价格"}
_HOW = {"digraph": "two letters drawn like one"}  # where the step's name does not say it
_HOW_ZH = {
    "identical": "完全相同", "width": "全角或半角", "diacritic": "加变音符", "traditional": "繁简不同",
    "compatibility": "特殊字形", "combining": "叠加符号", "zero_width": "夹隐形字符", "confusable": "形近外文字母",
    "leetspeak": "以数字符号代字母", "separators": "插入分隔符", "transliteration": "音译字母",
    "pinyin": "拼音", "homophone": "同音字", "shape": "形近字", "split": "拆字", "one_letter": "差一个字母",
    "one_character": "差一个字", "transposed": "字母换位", "doubled": "字母叠写或少写", "contained": "含于他词",
    "digraph": "形近字母组合", "nickname": "行业别称",
}  # fmt: skip
_CODES = {
    "malformed": "not the form of a patent number", "check_digit": "wrong check digit",
    "impossible_date": "impossible year", "type_mismatch": "kind of patent and number disagree",
    "term_over": "term of the patent is over", "not_granted": "patent not granted",
    "lapsed": "patent no longer in force", "not_found": "number not in the register",
    "holder_mismatch": "not known as the holder's offer", "incomplete_marking": "incomplete patent marking",
}  # fmt: skip
_CODES_ZH = {
    "malformed": "专利号不合格式", "check_digit": "校验位错误", "impossible_date": "年份不可能",
    "type_mismatch": "类型与号码不符", "term_over": "保护期已满", "not_granted": "尚未授权", "lapsed": "已失效",
    "not_found": "登记簿中查无此号", "holder_mismatch": "与权利人不符", "incomplete_marking": "标注不全",
}  # fmt: skip
_KINDS = {"trademark": "trade mark", "utility_model": "utility model"}
_KINDS_ZH = {
    "trademark": "注册商标",
    "design": "外观设计专利",
    "invention": "发明专利",
    "utility_model": "实用新型专利",
}


class RightWords(NamedTuple):
    """A right in English and in Chinese, up to the day that it is spoken of, and from there on."""

    before: str
    after: str
    before_zh: str
    after_zh: str


def explain(reasons: tuple[Reason, ...], signals: Mapping[str, float], right: RightWords | None, today: str) -> str:
    """`in the title, mark NIKE written N1KE (leetspeak); the right: CN trade mark 123 NIKE of ..., in force on ...`."""
    shown = list(islice(dict.fromkeys(map(_clause, reasons)), MOST_CLAUSES))
    shown += [text for signal, (text, _) in _SIGNALS.items() if signal in signals]
    return "; ".join([*shown, f"{right.before}{today}{right.after}"] if right else shown)


def explain_zh(reasons: tuple[Reason, ...], signals: Mapping[str, float], right: RightWords | None, today: str) -> str:
    """The same in Chinese."""
    shown = list(islice(dict.fromkeys(map(_clause_zh, reasons)), MOST_CLAUSES))
    shown += [text for signal, (_, text) in _SIGNALS.items() if signal in signals]
    return "；".join([*shown, f"{right.before_zh}{today}{right.after_zh}"] if right else shown)


_SIGNALS = {  # what no single place in the text shows
    "goods_match": ("the goods offered are of a class the right is registered for", "所售商品属于核定使用商品类别"),
    "any_use": ("the right's policy is that any use matters", "权利人要求关注任何使用"),
    "in_domain": ("the mark is part of a longer domain name", "商标含于更长的域名之中"),
    "doubtful_fit": (
        "said to go with the mark's goods, but nobody makes parts for such",
        "称与该品牌配套，但此类商品并无配件",
    ),
    "similar": ("near the mark, not the mark itself", "与商标近似而不相同"),
}


def _clause(reason: Reason) -> str:
    text, place = _shown(reason.text or reason.matched), _place(reason.field)
    if reason.code is not None:
        note = f" ({reason.note})" if reason.note else ""
        return f"{place}, {_CODES.get(reason.code, reason.code.replace('_', ' '))}: {text}{note}"
    if reason.how == PRICE:
        return f"price {text}, {reason.note}"
    if reason.how == CONTACT:
        return f"{place}, asks for contact outside the platform: {text}"
    if reason.distance is not None:
        return f"{_picture(reason)} is a copy of the right's picture {_shown(reason.matched)} ({_apart(reason)})"
    if reason.how == FEATURES:
        return f"{_picture(reason)} is a copy of the right's picture {_shown(reason.matched)} ({reason.note})"
    matched, step = _shown(reason.matched), _HOW.get(reason.how, reason.how.replace("_", " "))
    if nicknamed := _nicknamed(reason):
        written = f", written {text}" if _is_written_otherwise(reason) else ""
        how = "" if reason.how == NICKNAME else f" ({step})"
        return f"{place}, {matched}, the trade's nickname of {nicknamed}{written}{how}"
    kind, strength = _kind(reason)
    if reason.how != "identical":
        return f"{place}, {kind} {matched}{strength} written {text} ({step})"
    if kind != "mark":
        return f"{place}, {kind} {text}{strength}"
    return f"{place}, identical mark {matched}" + (f" (written {text})" if _is_written_otherwise(reason) else "")


def _clause_zh(reason: Reason) -> str:
    text, place = _shown(reason.text or reason.matched), _place_zh(reason.field)
    if reason.code is not None:
        note = f"（{reason.note}）" if reason.note else ""
        return f"{place}出现“{text}”，{_CODES_ZH.get(reason.code, reason.code)}{note}"
    if reason.how == PRICE:
        return f"价格{text}，远低于权利人的通常价格{_shown(reason.matched)}"
    if reason.how == CONTACT:
        return f"{place}出现“{text}”，引导站外联系"
    if reason.distance is not None:
        bits = f"256位指纹中相差{reason.distance}位，阈值{reason.threshold}位"
        return f"第{_picture_number(reason)}张图片与权利人的图片“{_shown(reason.matched)}”为同一图片（{bits}）"
    if reason.how == FEATURES:
        points, same, compared = agreement_numbers(reason.note or "")
        parts = f"{points}个特征点位置一致，所比较的{compared}处中有{same}处相同"
        return f"第{_picture_number(reason)}张图片与权利人的图片“{_shown(reason.matched)}”为同一图片（{parts}）"
    matched, step = _shown(reason.matched), _HOW_ZH.get(reason.how, reason.how)
    if nicknamed := _nicknamed(reason):
        meant = f"，对应“{matched}”" if _is_written_otherwise(reason) else ""
        how = "" if reason.how == NICKNAME else f"（{step}）"
        return f"{place}出现“{text}”{meant}，即“{nicknamed}”的行业别称{how}"
    kind, strength = _kind(reason)
    if kind != "mark":
        return f"{place}出现仿冒用语“{text}”" + ("（弱）" if strength else "")
    if reason.how == "identical" and _is_written_otherwise(reason):
        step = "相同，仅写法不同"
    return f"{place}出现“{text}”，对应商标“{matched}”（{step}）"


def _picture_number(reason: Reason) -> int:
    return _number(reason.field)


def _number(field: str) -> int:
    """`images[0]` is the first."""
    return int(field.removeprefix("images[").removesuffix("]")) + 1


def _picture(reason: Reason) -> str:
    seen = "" if reason.view in (None, "whole") else f", seen as {reason.view},"
    return f"picture {_picture_number(reason)}{seen}"


def _apart(reason: Reason) -> str:
    return f"{reason.distance} of 256 bits of the fingerprints differ, up to {reason.threshold} count as the same"


def _nicknamed(reason: Reason) -> str | None:
    """The mark that a nickname stands for; None for what is no nickname."""
    note = reason.note or ""
    return _shown(note.removeprefix(NICKNAME_OF)) if note.startswith(NICKNAME_OF) else None


def _is_written_otherwise(reason: Reason) -> bool:
    """Whether the text differs from what it matched by more than case: LAMER for LA MER."""
    return reason.text is not None and reason.text.casefold() != reason.matched.casefold()


def _kind(reason: Reason) -> tuple[str, str]:
    """Counterfeit wording says so in its note, with its strength after a comma; everything else is about the mark."""
    kind, _, strength = (reason.note or "").partition(", ")
    if kind == "counterfeit wording":
        return kind, " (weak)" if strength == "weak" else ""
    return "mark", ""


def right_in_words(right: Right, _: Rules) -> RightWords:
    """What every alert of the right says of it."""
    return RightWords(*_right(right), *_right_zh(right))


def _right(right: Right) -> tuple[str, str]:
    number = " ".join(
        filter(None, (right.office, _KINDS.get(right.kind, right.kind), _shown(right.number or right.right_id)))
    )
    holder = f" of {_shown(right.holder.name)}" if right.holder.name else ""
    mark = f" {_marks(right)}" if right.marks else ""
    classes = f", registered for {_classes(right)}" if right.classes else ""
    status = "in force" if right.status == "granted" else f"with status {right.status}"
    return f"the right: {number}{mark}{holder}, {status} on ", classes


def _right_zh(right: Right) -> tuple[str, str]:
    number = f"{right.office or ''}{_KINDS_ZH.get(right.kind, right.kind)}{_shown(right.number or right.right_id)}"
    mark = f"“{_marks(right)}”" if right.marks else ""
    holder = f"，权利人{_shown(right.holder.name)}" if right.holder.name else ""
    classes = f"，核定使用第{_classes_zh(right)}类" if right.classes else ""
    status = "有效" if right.status == "granted" else _STATUS_ZH.get(right.status, right.status)
    return f"所涉权利：{number}{mark}{holder}，", f"状态：{status}{classes}"


_STATUS_ZH = {
    "pending": "审查中",
    "lapsed": "已失效",
    "expired": "期满",
    "invalidated": "已宣告无效",
    "withdrawn": "已撤回",
}


def _marks(right: Right) -> str:
    return _shown(" / ".join(right.marks[:3]))


def _classes(right: Right) -> str:
    """`class 9`, `classes 9 and 12`, `classes 1, 2, 3, 4, 5, 6, 7, 8 and more`."""
    *first, last = [text[:10] for text in right.classes[:MOST_CLASSES]]
    if len(right.classes) > MOST_CLASSES:
        first, last = [*first, last], "more"
    return f"classes {', '.join(first)} and {last}" if first else f"class {last}"


def _classes_zh(right: Right) -> str:
    more = "等" if len(right.classes) > MOST_CLASSES else ""
    return "、".join(text[:10] for text in right.classes[:MOST_CLASSES]) + more


def _place(field: str) -> str:
    name = field[:FIELD_SHOWN]
    if name.startswith("images["):
        return f"in the words read in picture {_number(name)}"
    return f"in the attribute {name.partition('.')[2]}" if name.startswith("attributes.") else f"in the {name}"


def _place_zh(field: str) -> str:
    name = field[:FIELD_SHOWN]
    if name.startswith("images["):
        return f"第{_number(name)}张图片的文字中"
    return f"属性“{name.partition('.')[2]}”中" if name.startswith("attributes.") else f"{_FIELDS_ZH.get(name, name)}中"


def _shown(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 1] + "…"
