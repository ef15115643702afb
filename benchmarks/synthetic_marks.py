"""Marks by the hundred thousand: the pack's own, then made ones with the pack's lengths and its matches per listing.

A made mark has the shape of a real one: as many words, each as long and in the same script. Each of its words is the
head of one real word and the tail of another, so that letters follow each other as they do in names. What the
listings of the run hold anywhere is left out, and what is near something in them: more marks then do not mean more
matches, by any way of finding them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from ahocorasick_rs import AhoCorasick

from detectors.finding import find
from detectors.kernels import codes
from detectors.nearness import find_near
from detectors.text import PageText
from detectors.watchlist.near import build_near
from detectors.watchlist.patterns import build_patterns
from streams.demo.pack import marks

REAL = 10_000  # of the pack's marks; the rest are made
SEED = 20261121
TRIES = 6  # for a distinct mark of one shape; two and three letters run out, and Chinese takes their place
WORD = re.compile(r"\w+")
HAN = range(0x4E00, 0xA000)

Words = Mapping[tuple[str, int], Sequence[str]]


def many_marks(count: int, listing_texts: Sequence[str], listing_pages: Sequence[PageText]) -> list[str]:
    """`count` distinct marks: up to 10,000 real ones, and made ones of which none is found in the listings, given
    casefolded and as folded pages."""
    real = [right["marks"][0] for right in marks(min(count, REAL))]
    made: list[str] = []
    known = {mark.casefold() for mark in real}
    fresh = _made(real, known)
    while len(made) < count - len(real):
        batch = [next(fresh) for _ in range(count - len(real) - len(made))]
        seen = _occurring(batch, listing_texts) | _near(batch, listing_pages)
        made += [mark for place, mark in enumerate(batch) if place not in seen]
    return real + made


def mark_rights(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """A right for each mark."""
    for number, name in enumerate(names):
        yield {"right_id": f"MARK-{number:07d}", "kind": "trademark", "marks": [name]}


def _occurring(names: Sequence[str], texts: Sequence[str]) -> set[int]:
    finder = AhoCorasick([name.casefold() for name in names])
    return {hit[0] for text in texts for hit in finder.find_matches_as_indexes(text, overlapping=True)}


def _near(names: Sequence[str], pages: Sequence[PageText]) -> set[int]:
    patterns = build_patterns(names, [codes.MARK] * len(names))
    near = build_near(patterns)
    seen: set[int] = set()
    for page in pages:
        plain = find(page.folded, page.folded.fields, patterns)
        like = find_near(page.folded, page.headlines, patterns, near)
        seen.update(patterns.sources[plain.patterns].tolist(), patterns.sources[like.patterns].tolist())
    return seen


def _made(real: Sequence[str], known: set[str]) -> Iterator[str]:
    """Endless; adds what it gives to `known`."""
    random = Random(SEED)
    words = _words(real)
    han = [char for (script, _), some in words.items() if script == "han" for word in some for char in word]
    while True:
        shape = random.choice(real)
        for _ in range(TRIES):
            mark = WORD.sub(lambda word: _word(word[0], words, random), shape)
            if mark.casefold() not in known:
                break
        else:
            mark = "".join(random.choice(han) for _ in shape)
            if mark in known:
                continue
        known.add(mark.casefold())
        yield mark


def _words(real: Sequence[str]) -> Words:
    words: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for mark in real:
        for word in WORD.findall(mark):
            words[_script(word), len(word)].append(word)
    return words


def _word(like: str, words: Words, random: Random) -> str:
    same = words[_script(like), len(like)]
    cut = random.randrange(len(like) + 1)
    return random.choice(same)[:cut] + random.choice(same)[cut:]


def _script(word: str) -> str:
    if word.isascii():
        return "latin" if word.isalpha() else "figures"
    return "han" if all(ord(char) in HAN for char in word) else "other"
