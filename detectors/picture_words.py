"""The words read in a page's pictures, as text that the same matchers read as the listings' own.

In place of its attributes a listing gets the blocks of words of its pictures. Its title, brand and description stay,
since they say how the words of its pictures are meant: counterfeit wording beside them, or "compatible with".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from detectors.listings import Listings
from detectors.pictures.blocks import Block, blocks_of
from detectors.pictures.seen import Looks, ReadLine, Seen
from detectors.records import Listing, Reason

FIELD = "attributes."
MAX_PICTURES = 32  # of one listing whose words are read
MAX_TEXT = 20_000  # code points of one listing's pictures together
BLANK = {"title": ""}  # in the place of a listing of which nothing was read


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """A block of words in a listing's picture: the picture's place among the listing's, and what was seen in it."""

    image: int
    seen: Seen
    block: Block

    def lines(self, start: int, end: int) -> tuple[ReadLine, ...]:
        first, last, _, _ = self.block.place(start, end)
        return self.block.lines[first : last + 1]

    def reason(self, reason: Reason) -> Reason:
        """The reason as one about the picture.

        Its span is counted from the beginning of the first line it touches; a span over several lines goes on behind
        a blank in the next. Its note is those lines, unless it has one. Its box is around them all.
        """
        if reason.start is None or reason.end is None:
            return reason
        _, _, start, _ = self.block.place(reason.start, reason.end)
        lines = self.lines(reason.start, reason.end)
        lefts, tops, rights, bottoms = zip(*(line.box for line in lines), strict=True)
        height, width = self.seen.size
        box = min(lefts) / width, min(tops) / height, max(rights) / width, max(bottoms) / height
        return reason._replace(
            field=f"images[{self.image}]",
            start=start,
            end=start + reason.end - reason.start,
            note=reason.note or f"reads {' '.join(line.text for line in lines)}",
            picture=self.seen.digest,
            box=tuple(round(at, 4) for at in box),
        )


@dataclass(frozen=True, slots=True)
class PictureWords:
    """listings : one in the place of each of the page's. blocks : by the listing's place and the attribute's name."""

    listings: Listings
    blocks: Mapping[tuple[int, str], ReadBlock]

    def reasons(self, listing: int, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
        """The reasons with those in pictures' words told as such."""
        return tuple(self._reason(listing, reason) for reason in reasons)

    def _reason(self, listing: int, reason: Reason) -> Reason:
        block = self.blocks.get((listing, reason.field.removeprefix(FIELD)))
        return reason if block is None else block.reason(reason)


def words_of(listings: Sequence[Listing], looks: Looks) -> PictureWords | None:
    """The words of a page's pictures, or None where nobody read any."""
    if not any(isinstance(seen, Seen) and seen.lines for seen in looks.values()):
        return None
    blocks: dict[tuple[int, str], ReadBlock] = {}
    worded = [_worded(place, listing, looks, blocks) for place, listing in enumerate(listings)]
    return PictureWords(Listings.of(worded), blocks) if blocks else None


def _worded(place: int, listing: Listing, looks: Looks, blocks: dict[tuple[int, str], ReadBlock]) -> Listing:
    attributes, room = dict[str, str](), MAX_TEXT
    for image, seen in _pictures(listing, looks):
        lines = seen.lines
        sizes = accumulate(len(line.text) + 1 for line in lines)
        shown = [line for line, size in zip(lines, sizes, strict=True) if size <= room]
        room -= sum(len(line.text) + 1 for line in shown)
        for number, block in enumerate(blocks_of(shown)):
            name = f"images[{image}].{number}"
            attributes[name] = block.text
            blocks[place, name] = ReadBlock(image, seen, block)
    return {**listing, "attributes": attributes} if attributes else BLANK


def _pictures(listing: Listing, looks: Looks) -> Iterator[tuple[int, Seen]]:
    """Each of a listing's pictures that has words, once: a shop repeats one and the same."""
    known = set[str]()
    for number, image in enumerate(listing.get("images") or ()):
        seen = looks.get(image.get("path")) or looks.get(image.get("url"))
        if isinstance(seen, Seen) and seen.lines and seen.digest not in known and len(known) < MAX_PICTURES:
            known.add(seen.digest)
            yield number, seen
