"""The small integers that stand for classes, gaps and disguises inside arrays."""

from typing import Final

# What a symbol is, for boundaries. Alphabetic words end at spaces; Han, kana and Hangul words do not.
ALPHABETIC: Final = 1
DIGIT: Final = 2
HAN: Final = 3
KANA: Final = 4
HANGUL: Final = 5
UNSPACED: Final = 6
LEET_SIGN: Final = 7  # @ $ ! | between letters
PICTURE: Final = 8  # an emoji, read as a word of its own
CLASSES: Final = {"alphabetic": 1, "digit": 2, "han": 3, "kana": 4, "hangul": 5, "unspaced": 6}

# What stands between two symbols.
NO_GAP: Final = 0
SPACE: Final = 1
HYPHEN: Final = 2
DOT: Final = 3
MIDDOT: Final = 4
STAR: Final = 5
UNDERSCORE: Final = 6
TILDE: Final = 7
COLON: Final = 8
PLUS: Final = 9
SLASH: Final = 10
PERCENT: Final = 11
AMPERSAND: Final = 12
APOSTROPHE: Final = 13
SYMBOL: Final = 14
MIXED: Final = 15
HARD: Final = 16
CLAUSE: Final = 17
GAPS: Final = {
    "space": 1, "hyphen": 2, "dot": 3, "middot": 4, "star": 5, "underscore": 6, "tilde": 7, "colon": 8, "plus": 9,
    "slash": 10, "percent": 11, "ampersand": 12, "apostrophe": 13, "symbol": 14, "hard": 16, "clause": 17,
}  # fmt: skip

# What folding a character took away, as bits; above them what comparing with a mark found.
WIDTH: Final = 1
DIACRITIC: Final = 2
TRADITIONAL: Final = 4
COMPATIBILITY: Final = 8
COMBINING: Final = 16
ZERO_WIDTH: Final = 32
CONFUSABLE: Final = 64
LEET: Final = 128
SEPARATORS: Final = 256
HOWS: Final = {
    "identical": 0, "width": 1, "diacritic": 2, "traditional": 4, "compatibility": 8, "combining": 16,
    "zero_width": 32, "confusable": 64, "leet": 128, "separators": 256,
}  # fmt: skip

# The step that found what is near a mark and not the mark itself; one of them, and how much it proves.
TRANSLITERATION: Final = 1 << 10
PINYIN: Final = 1 << 11
HOMOPHONE: Final = 1 << 12
SHAPE: Final = 1 << 13
SPLIT: Final = 1 << 14
ONE_LETTER: Final = 1 << 15
ONE_CHARACTER: Final = 1 << 16
TRANSPOSED: Final = 1 << 17
DOUBLED: Final = 1 << 18
CONTAINED: Final = 1 << 19
WEAK: Final = 1 << 20  # chance may explain it: it needs a second signal
STRONG: Final = 1 << 21  # nothing but intent explains it
LIKELY: Final = 1 << 22  # weak, but the right's own goods are enough of a second signal
DOUBTFUL: Final = 1 << 23  # not to be believed before ordinary words are ruled out
DIGRAPH: Final = 1 << 24  # a step like those above: two letters drawn like one of the mark's

DISGUISES: Final = COMPATIBILITY | COMBINING | ZERO_WIDTH | CONFUSABLE | LEET | SEPARATORS | STRONG
"""The bits that an honest seller has no reason to leave. Width, accents and script variants are everyday spelling."""

# What a pattern of the automaton is.
MARK: Final = 0
COUNTERFEIT_STRONG: Final = 1
COUNTERFEIT_WEAK: Final = 2
NEGATION: Final = 3
INNOCENT: Final = 4
COMPATIBLE_BEFORE: Final = 5
COMPATIBLE_AFTER: Final = 6
CLAIM_TRIGGER: Final = 7
GOODS: Final = 32  # only among the goods lexicon's own patterns
NEGATION_AFTER: Final = 12
OFF_PLATFORM_CONTACT: Final = 13
COUNTERFEIT_BESIDE: Final = 14  # weak, but enough directly beside the mark

# What the surroundings of a hit say, as bits.
IN_CODED_CLAUSE: Final = 1  # counterfeit wording in the same clause
IN_CODED_LISTING: Final = 2  # strong counterfeit wording elsewhere in the listing, the mark in its title
COMPATIBLE_USE: Final = 4  # named as what the goods are for
DENIED: Final = 8  # said not to be what is offered: "not NIKE", 非耐克
IN_DOMAIN: Final = 16  # part of a longer name of a domain: gmail-support.com
IN_CONTACT_LISTING: Final = 64  # the listing asks to be contacted outside the platform
