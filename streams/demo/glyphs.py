"""The characters that the disguises swap in."""

from __future__ import annotations

LOOK_ALIKES: dict[str, str] = {
    "a": "аα", "b": "Ь", "c": "сϲ", "d": "ԁ", "e": "е", "h": "һ", "i": "іι", "j": "ј", "k": "κ", "l": "ӏ", "n": "ո",
    "o": "оο", "p": "рρ", "q": "ԛ", "s": "ѕ", "u": "υ", "v": "ν", "w": "ԝ", "x": "х", "y": "у",
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "M": "МΜ", "N": "Ν",
    "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ",
}  # fmt: skip
"""Latin letter -> Cyrillic, Greek and Armenian letters that look like it."""

LEET: dict[str, str] = {"a": "4@", "e": "3", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7"}
"""Letter, lower-cased -> digits and signs that are read as it."""

INVISIBLE = "\u200b\u200c\u2060\ufeff\u00ad"
"""Zero-width space, non-joiner, word joiner, byte order mark, soft hyphen."""

STROKES = "\u0335\u0336\u0337\u0338\u0332"
"""Combining overlays and the low line."""

SEPARATORS = ".-·_*/ "

MATHEMATICAL = (0x1D400, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5D4, 0x1D63C, 0x1D670)
"""Where the alphabets without holes start: bold, bold italic, bold script, bold fraktur, sans bold, sans bold italic,
monospace. Each has A-Z, then a-z."""

_PAIRS = (
    "爱愛 奥奧 宝寶 贝貝 闭閉 边邊 标標 宾賓 苍蒼 长長 车車 达達 当當 电電 东東 动動 顿頓 尔爾 发發 范範 飞飛 "
    "风風 冈岡 刚剛 国國 汉漢 韩韓 华華 画畫 环環 黄黃 极極 纪紀 杰傑 节節 尽盡 经經 剧劇 开開 恺愷 蓝藍 兰蘭 "
    "莱萊 乐樂 历歷 丽麗 连連 联聯 灵靈 龙龍 罗羅 绿綠 马馬 妈媽 猫貓 门門 梦夢 纳納 鸟鳥 宁寧 浓濃 诺諾 欧歐 "
    "鹏鵬 飘飄 齐齊 强強 轻輕 庆慶 琼瓊 热熱 荣榮 赛賽 圣聖 师師 实實 双雙 硕碩 苏蘇 体體 条條 头頭 维維 卫衛 "
    "乌烏 贤賢 乡鄉 协協 兴興 学學 亚亞 养養 业業 叶葉 艺藝 鹰鷹 优優 玛瑪 园園 圆圓 缘緣 远遠 云雲 泽澤 张張 "
    "织織 钟鐘 庄莊 资資 铁鐵 锐銳 银銀 钻鑽 锦錦 娇嬌 娅婭 骆駱 驰馳 骏駿 骑騎 颐頤 顺順 颜顏 鲁魯 鲜鮮 鸿鴻 "
    "鹤鶴"
)
TRADITIONAL: dict[str, str] = {pair[0]: pair[1] for pair in _PAIRS.split()}
"""Simplified character -> the traditional one."""
