"""The rights' pictures: what the second tier compares of each, and a preview for people, by the digest of its bytes.

Content-addressed and append-only: a picture is put here before a right that names it gets its revision, so whoever
sees the digest finds the picture; and it stays, since a replay may need the right as it was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import select

from sinks.errors import StoreRefused
from sinks.operational.database import Database
from sinks.operational.schema import prepare, watched_picture
from sinks.settings import OperationalSettings

CHUNK: Final = 200  # pictures to a statement: 3 MB of features, or 10 MB with previews
MAX_FEATURES_BYTES: Final = 1 << 18
MAX_PREVIEW_BYTES: Final = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_picture = watched_picture.c
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """One picture.

    digest : SHA-256 of its bytes as they were given, in hex.
    features : packed by `detectors.pictures.keeping`.
    preview : a JPEG of at most 640 pixels.
    height, width : as published, in pixels.
    """

    digest: str
    features: bytes
    preview: bytes
    height: int
    width: int


class PictureStore:
    """Usable from any thread. The tables are created on construction.

    Raises (every method): StoreUnavailable (try again later), StoreRefused (bad input; nothing was changed).
    """

    def __init__(self, settings: OperationalSettings) -> None:
        self._database = Database(settings)
        prepare(self._database)

    def add(self, pictures: Sequence[StoredPicture]) -> None:
        """Keeps the pictures, all or none; those that are there already stay as they are."""
        for picture in pictures:
            _check(picture)
        with self._database.writing() as connection:
            for chunk in _chunks(pictures):
                self._database.insert_missing(connection, watched_picture, [asdict(picture) for picture in chunk])

    def missing(self, digests: Collection[str]) -> frozenset[str]:
        """Those of the digests under which there is no picture."""
        there: set[str] = set()
        for chunk in _chunks(sorted(digests)):
            with self._database.reading() as connection:
                there.update(connection.scalars(select(_picture.digest).where(_picture.digest.in_(chunk))))
        return frozenset(digests) - there

    def features(self, digests: Collection[str]) -> Iterator[dict[str, bytes]]:
        """The features of those that are there, by digest, in chunks; nothing is held open between two."""
        for chunk in _chunks(sorted(digests)):
            wanted = select(_picture.digest, _picture.features).where(_picture.digest.in_(chunk))
            with self._database.reading() as connection:
                rows = connection.execute(wanted).all()
            yield {row.digest: bytes(row.features) for row in rows}

    def get(self, digest: str) -> StoredPicture | None:
        """All that is kept of a picture."""
        with self._database.reading() as connection:
            row = connection.execute(select(watched_picture).where(_picture.digest == digest)).one_or_none()
        if row is None:
            return None
        return StoredPicture(
            digest=row.digest,
            features=bytes(row.features),
            preview=bytes(row.preview),
            height=row.height,
            width=row.width,
        )

    def preview(self, digest: str) -> bytes | None:
        """A small JPEG of the picture."""
        wanted = select(_picture.preview).where(_picture.digest == digest)
        with self._database.reading() as connection:
            found = connection.scalar(wanted)
        return None if found is None else bytes(found)

    def close(self) -> None:
        self._database.close()


def _check(picture: StoredPicture) -> None:
    if not _DIGEST.fullmatch(picture.digest):
        raise StoreRefused(f"digest: must be 64 small hexadecimal digits, not {picture.digest[:80]!r}")
    if not picture.features or len(picture.features) > MAX_FEATURES_BYTES:
        raise StoreRefused(f"picture {picture.digest}: its features take {len(picture.features):,} bytes")
    if not picture.preview or len(picture.preview) > MAX_PREVIEW_BYTES:
        raise StoreRefused(f"picture {picture.digest}: its preview takes {len(picture.preview):,} bytes")


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
