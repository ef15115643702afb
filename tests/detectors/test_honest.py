"""Honest titles in many languages are left alone, and the words that excuse them excuse no fake."""

from __future__ import annotations

from typing import Any

import pytest

from tests.detectors.floor import listing, outcome, right

LUMORA: dict[str, Any] = right(marks=["LUMORA", "露莫拉"], classes=["9", "14", "18", "25"])
WATCHED: dict[str, Any] = {**LUMORA, "policy": "any_use", "usual_price": {"amount": "1000", "currency": "USD"}}

FOR_THE_MARK = (
    "Velmora 充电器 通用LUMORA S3137",
    "Etui do LUMORA H7608 Omdaro",
    "Чехол для LUMORA S6791",
    "LUMORA K4285 uyumlu kılıf Omdaro",
    "LUMORA A52 için kılıf",
    "LUMORA X5 用 ケース",
    "LUMORA X5専用フィルム",
    "LUMORA S21용 케이스",
    "LUMORA S21 호환 충전기",
    "Skal till LUMORA X5",
    "Cover til LUMORA X5",
    "Pouzdro pro LUMORA X5",
    "Ốp lưng dùng cho LUMORA X5",
    "露莫拉X5专用钢化膜",
    "替换露莫拉V8滤芯",
    "配露莫拉X5表带",
    "Filtre compatible avec LUMORA V8",
    "Akku passend für LUMORA V8",
    "Ladekabel kompatibel zu LUMORA X5",
    "Pellicola compatibile con LUMORA X5",
    "Película compatível com LUMORA X5",
    "Band fits LUMORA watch 5",
    "Replacement strap to fit LUMORA 40mm watch",
    "适用于露莫拉X5手机壳 硅胶防摔",
    "Tondex 适配 LUMORA V8 吸尘器滚刷",
    "兼容LUMORA 2612A 硒鼓 易加粉",
    "LUMORA X5 适用手机壳 透明",
    "LUMORA P50Pro适用钢化膜 3片装",
    "适用LUMORA佳能通用电池充电器",
    "LUMORA系列通用遥控器",
    "适合露莫拉X5车型 脚垫",
    "替代LUMORA LP-E6 电池",
    "露莫拉打印机通用墨水 100ml",
    "Coque pour LUMORA X5 antichoc",
    "Funda para LUMORA X5 negra",
    "Custodia per LUMORA X5",
    "Capa para LUMORA X5",
    "Hoesje voor LUMORA X5",
    "Обложка для LUMORA Reader 3",
    "Ремешок совместим с LUMORA Watch 5",
    "Remote replacement for LUMORA TV 55",
    "Toner cartridge compatible with LUMORA 2612",
    "Leather strap designed for LUMORA Watch 4",
    "Omdaro stylus pen works with LUMORA Tab 8",
    "Velmora Filter suitable for LUMORA V11 vacuum",
    "LUMORA X5対応 手帳型ケース",
    "LUMORA Watch 5 호환 스트랩",
)

NOT_THE_MARK = (
    "not LUMORA, plain steel watch",
    "no LUMORA, generic watch",
    "非LUMORA手表",
    "un-branded, not LUMORA brand watch",
    "keine LUMORA, No-Name Uhr",
)

FOR_SOMEBODY = (
    "Sneakers for men LUMORA Air",
    "LUMORA Schuhe für Herren",
    "für Damen LUMORA Tasche",
    "chaussures pour homme LUMORA",
    "zapatos para hombre LUMORA",
    "丁丁衣柜家用神器 LUMORA 手表",
    "LUMORA 家用手表",
    "LUMORA 男性用 腕時計",
    "LUMORA 여성용 가방",
    "LUMORA 가방 용량 대",
    "搭配牛仔裤 LUMORA 运动鞋",
    "LUMORA运动鞋 男女通用",
    "watch LUMORA for sale",
    "LUMORA watch for men",
    "no box LUMORA watch",
    "LUMORA watch, not cheap",
    "Model no LUMORA watch",
    "LUMORA 女士手提包 送女友",
    "LUMORA 儿童运动鞋 适合3-6岁",
    "LUMORA bag for travel",
    "LUMORA Tasche für die Reise",
    "LUMORA sac pour femme",
    "LUMORA スニーカー 通学用",
)

SECOND_HAND = (
    "LUMORA watch used",
    "used LUMORA watch, good condition",
    "pre-owned LUMORA watch",
    "LUMORA watch second hand",
    "LUMORA Uhr gebraucht",
    "montre LUMORA d'occasion",
    "LUMORA montre occasion",
    "中古 LUMORA 腕時計",
    "중고 LUMORA 시계",
    "LUMORA watch - black - used, very good condition",
    "LUMORA kit б/у",
    "часы LUMORA б/у",
    "reloj LUMORA usado",
    "reloj LUMORA segunda mano",
    "orologio LUMORA usato",
    "relógio LUMORA usado",
    "zegarek LUMORA używany",
    "LUMORA horloge tweedehands",
    "LUMORA watch preloved",
    "LUMORA watch (Used)",
    "LUMORA 二手手表",
    "LUMORA watch worn twice",
    "LUMORA watch ex-display",
    "LUMORA watch excellent used condition",
    "gently used LUMORA watch",
    "LUMORA saat ikinci el",
    "LUMORA手表 九成新 二手",
    "闲置转让 LUMORA 手袋",
    "LUMORA bag, pre-loved, light wear",
    "LUMORA Tasche aus zweiter Hand gebraucht",
    "USED LUMORA ショルダーバッグ 中古",
    "LUMORA 시계 중고 팝니다",
    "LUMORA watch refurbished grade B",
)

USED_OTHERWISE = (
    "LUMORA watch, can be used for diving",
    "LUMORA bag widely used by travellers",
    "LUMORA watch new never used",
    "LUMORA shoes used for running",
)

HOMOGRAPHS = (
    "翡翠A货手镯 LUMORA",
    "AAA batteries 12 pack for LUMORA torch",
    "UA tech tee Under Armour LUMORA",
    "1:1 scale model car LUMORA",
    "高仿真花 LUMORA 玫瑰",
    "LUMORA faux fur coat",
    "LUMORA museum replica coin",
    "LUMORA mirror quality glass mirror wall",
    "LUMORA copy paper A4 500 sheets",
    "first copy edition LUMORA hardcover novel",
    "LUMORA fake tan mousse",
    "LUMORA fake lashes",
    "imitation leather LUMORA sofa",
    "LUMORA 仿真植物盆栽",
    "LUMORA replica jersey home kit",
    "LUMORA diecast replica 1/18",
    "LUMORA 复刻模型 1:18 合金车",
    "LUMORA 官方复刻",
    "LUMORA 山寨村民宿门票",
    "莆田桂圆干 LUMORA",
    "LUMORA 充电电池AAA 7号",
    "LUMORA 单4 AAA 電池",
    "LUMORA not a replica",
    "100% genuine LUMORA, no fakes",
    "LUMORA 假一赔十 拒绝高仿",
    "LUMORA keine Fälschung",
    "LUMORA pas de contrefaçon",
    "LUMORA no es réplica",
    "LUMORA non è una replica",
    "LUMORA não é réplica",
    "LUMORA 偽物ではありません",
    "LUMORA 가품 아님",
    "LUMORA anti-counterfeit label",
    "LUMORA knock off the price",
    "LUMORA read replica database software",
    "LUMORA dupe-proof key",
    "clone HDD dock LUMORA",
    "LUMORA clone trooper figure",
    "LUMORA Replika Trikot",
    "LUMORA reproduction steering wheel",
    "LUMORA replica detector guide",
    "How to spot a replica LUMORA bag: a guide",
    "LUMORA 鉴别高仿 教程",
    "LUMORA 辨别假货 防伪灯",
    "counterfeit detector pen LUMORA",
    "LUMORA 高仿真娃娃",
    "LUMORA 仿真玫瑰花束",
    "LUMORA 1:1 还原 建筑模型",
    "LUMORA AAA电池 4节",
    "LUMORA AAA级景区门票",
    "LUMORA 假发 女 长发",
    "LUMORA 暑假 夏令营 背包",
    "LUMORA 仿皮 沙发垫",
    "LUMORA fake eyelashes 5 pairs",
    "LUMORA fake nails 24 pcs",
    "LUMORA faux leather chair",
    "LUMORA clone hard drive software",
    "LUMORA photocopy machine",
    "LUMORA copy paper 80 g",
    "LUMORA mirror wall sticker",
    "LUMORA wing mirror glass",
    "LUMORA batch number label printer",
    "LUMORA medieval sword replica",
    "LUMORA movie prop replica",
    "LUMORA airsoft pistol replica",
    "LUMORA コピー用紙 A4",
    "LUMORA カラーコピー機",
    "LUMORA 미러리스 카메라",
    "LUMORA 사이드미러 커버",
    "LUMORA A货翡翠 吊坠",
    "LUMORA 莆田市 特产 桂圆",
    "LUMORA official replica shirt 2024",
    "LUMORA copia de seguridad software",
    "LUMORA Sicherheitskopie, keine Raubkopie",
    "never buy fake: LUMORA authenticity card",
    "LUMORA 拒绝山寨 正品保证",
    "LUMORA 支持专柜验货 假一罚十",
)

COUNTERFEIT = (
    "LUMORA replica watch",
    "LUMORA 1:1 replica bag",
    "高仿 LUMORA 手表",
    "LUMORA A货 手袋",
    "LUMORA superfake bag",
    "LUMORA Replika Uhr",
    "LUMORA réplique montre",
    "LUMORA réplica reloj",
    "LUMORA スーパーコピー 時計",
    "LUMORA 레플리카 가방",
    "LUMORA AAA copy shoes",
    "LUMORA mirror copy bag",
    "dupe LUMORA bag fake",
    "LUMORA counterfeit shoes",
    "LUMORA podróbka zegarek",
    "LUMORA подделка сумка",
    "LUMORA namaak tas",
    "LUMORA çakma saat",
    "复刻 原单 LUMORA 鞋",
    "LUMORA UA batch sneakers",
    "LUMORA 莆田 鞋",
    "LUMORA imitazione borsa",
    "LUMORA primeira linha tênis",
    "not original LUMORA fake bag",
    "LUMORA master copy watch with box",
    "LUMORA knockoff purse",
    "LUMORA 精仿 手袋 一比一",
    "LUMORA 顶级复刻 腕表",
    "LUMORA 仿品 鞋",
    "超A LUMORA 手袋 原单",
    "LUMORA 高 仿 手表",
    "LUMORA r e p l i c a watch",
    "LUMORA rep1ica watch",
    "LUMORA super clone watch",
    "1st copy LUMORA watch",
    "LUMORA first copy shoes",
    "LUMORA 7a quality bag",
    "LUMORA コピー品 バッグ",
    "LUMORA N級品 時計",
    "LUMORA 偽物 財布",
    "LUMORA 짝퉁 가방",
    "LUMORA 미러급 시계",
    "LUMORA Fälschung Tasche",
    "LUMORA contrefaçon sac",
    "LUMORA falsificado bolso",
    "LUMORA tarocco borsa",
    "LUMORA falsificada bolsa",
    "LUMORA nepmerk tas",
    "LUMORA taklit çanta",
    "LUMORA реплика часы",
    "LUMORA копия 1:1 сумка",
    "露莫拉 高仿 手表",
)


def at(title: str, price: str) -> dict[str, Any]:
    return listing(title, price=price, currency="USD")


@pytest.mark.parametrize("title", FOR_THE_MARK)
def test_goods_for_the_mark_are_left_alone_at_any_price(title: str) -> None:
    assert outcome(at(title, "10"), WATCHED) == "compatible_use"


@pytest.mark.parametrize("title", NOT_THE_MARK)
def test_a_mark_that_is_denied_is_only_mentioned(title: str) -> None:
    assert outcome(at(title, "100"), WATCHED) == "mention"


@pytest.mark.parametrize("title", FOR_SOMEBODY)
def test_whom_the_goods_are_for_says_nothing_of_another_makers_goods(title: str) -> None:
    assert outcome(title, WATCHED) == "alert mark"


@pytest.mark.parametrize("title", SECOND_HAND)
def test_used_goods_are_resale_in_every_language(title: str) -> None:
    assert outcome(at(title, "200"), WATCHED) == "resale"


@pytest.mark.parametrize("title", USED_OTHERWISE)
def test_what_is_used_for_something_is_not_used(title: str) -> None:
    assert outcome(at(title, "200"), WATCHED) == "alert mark"


def test_used_goods_at_no_plausible_price_alert() -> None:
    assert outcome(at("used LUMORA watch", "20"), WATCHED) == "alert mark"


@pytest.mark.parametrize("title", HOMOGRAPHS)
def test_wording_that_is_innocent_beside_its_goods_or_denied(title: str) -> None:
    assert not outcome(title, LUMORA).startswith("alert")


@pytest.mark.parametrize("title", COUNTERFEIT)
def test_fakes_that_say_so_alert(title: str) -> None:
    assert outcome(title, LUMORA) == "alert mark+coded_fake"


@pytest.mark.parametrize(
    ("title", "brand", "expected"),
    [
        ("Tondex 露莫拉X5 充电器 快充", "Tondex", "compatible_use"),
        ("Tondex 露莫拉 充电器 快充", "Tondex", "alert mark"),  # no model
        ("露莫拉X5 充电器 快充", "Tondex", "alert mark"),  # a brand that the title does not name
        ("露莫拉X5 充电器 快充", "露莫拉", "alert mark"),
        ("Tondex 露莫拉X5 手表", "Tondex", "alert mark"),  # nothing made to go with others
    ],
)
def test_an_accessory_of_a_maker_who_names_himself_is_for_the_mark(title: str, brand: str, expected: str) -> None:
    assert outcome(listing(title, brand=brand), WATCHED) == expected


@pytest.mark.parametrize(
    "title",
    [
        "露莫拉A8S手机壳 硅胶防摔",
        "露莫拉4431笔记本外壳保护贴膜",
        "2019款露莫拉P50Pro钢化膜 2片装",
    ],
)
def test_what_goes_around_a_model_of_the_mark_is_for_the_mark(title: str) -> None:
    assert outcome(title, WATCHED) == "compatible_use"


@pytest.mark.parametrize(
    "title",
    [
        "露莫拉手机壳 硅胶防摔",  # no model
        "露莫拉 苹果6手机壳",  # somebody else's model
        "LUMORA iPhone 6 case",
        "露莫拉X5 充电器 快充",  # nothing that only goes around it
        "露莫拉X5 高仿手机壳",
    ],
)
def test_what_may_be_passed_off_as_the_marks_own_goods_alerts(title: str) -> None:
    assert outcome(title, WATCHED).startswith("alert")


@pytest.mark.parametrize("title", ["红苹果 水果", "新鲜红富士苹果 5斤", "苹果 新鲜水果 5斤"])
def test_a_fruit_is_no_mark(title: str) -> None:
    assert outcome(title, right(marks=["苹果"], policy="any_use")) == "descriptive"


def test_a_mark_for_phones_is_no_mark_for_dresses() -> None:
    apple = right(marks=["苹果"], classes=["9"], policy="any_use")
    assert outcome("苹果 连衣裙", apple) == "other_goods"
    assert outcome("苹果 太阳镜", apple) == "alert mark"
