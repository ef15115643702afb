"""Hypothesis strategies: texts and small watchlists as an adversary would write them."""

from __future__ import annotations

from hypothesis import strategies as st

from detectors.kernels import codes

ALPHABET = (
    "abeiklnosuNIKEL0134578@$!|"  # letters with the figures and signs that pass for them
    "аеоіѕсрхοιΝΚΕїЖяъ"  # Cyrillic and Greek, look-alikes and not
    "éößłøæıİﬁK"  # accents, ligatures, capitals that fold to two
    "ＮＩＫＥｌ５𝐍𝐢𝐤𝐞𝟏Ⓝⓘ🄺🅔"  # width and compatibility forms
    "耐克路易威登茅臺台貨货假高仿非"  # traditional and simplified
    "ナイキﾅｲｷﾊﾞばー나이키케ᄂㅏ"  # kana of both widths, Hangul whole and in parts
    "กาไ"  # words that are not spaced
    "\u0335\u0301\u0308\u20e3\u3099\u200b\u200d\u00ad\u2060\ufe0f\ufeff\U000e0041\x00\x0c"
    " \t\u00a0\u3000-‐.·・*＊_~:：+/%&'’,()（）。！;？\n\r\u2028=#^©"
    "ㄴㅏㅋㅣㅁ\u1102\u1161\u11a8"  # Hangul in parts
    "€£¥|丨\u202e\u202c"
    "👟🍎🏽❤\ud800\udfff\U00020000\U00031350\U0010ffff\ue000\u0378"
)
WORDS = (
    "nike", "NIKE", "lego", "LV", "3M", "耐克", "路易威登", "茅台", "ナイキ", "나이키", "ОРРО", "сорт", "é", "H&M",
    "louis vuitton", "高仿", "A货", "1:1", "AAA", "replica", "not a", "非", "AAA battery", "高仿真", "for", "适用于",
    "专用",
)  # fmt: skip
DISGUISES = str.maketrans({"i": "і", "o": "0", "e": "3", "s": "$", "l": "I", "克": "\u200b克", "E": "Е", "a": "\u0430"})

REFERENCES = (
    "&#76;",
    "&#x6b;",
    "&amp;#105;",
    "&nbsp;",
    "&amp;",
    "&zwnj;",
    "&eacute;",
    "&#0;",
    "&#9999999999;",
    "&x;",
    "&#",
)

words = st.sampled_from(WORDS)
pieces = st.one_of(
    st.sampled_from(ALPHABET),
    words,
    words.map(lambda word: word.translate(DISGUISES)),
    words.map(".".join),
    words.map(" ".join),
    words.map("|".join),
    words.map("\n".join),
    words.map(lambda word: f"\u202e{word[::-1]}\u202c"),
    st.sampled_from(REFERENCES),
)
texts = st.lists(pieces, max_size=14).map("".join)
fields = st.lists(texts, max_size=5)
kinds = st.sampled_from(
    (codes.MARK, codes.MARK, codes.COUNTERFEIT_STRONG, codes.COUNTERFEIT_WEAK, codes.COUNTERFEIT_BESIDE,
     codes.NEGATION, codes.INNOCENT,
     codes.COMPATIBLE_BEFORE, codes.COMPATIBLE_AFTER, codes.NEGATION_AFTER, codes.OFF_PLATFORM_CONTACT)
)  # fmt: skip
phrases = st.lists(st.tuples(st.one_of(st.sampled_from(WORDS), texts), kinds), min_size=1, max_size=8)
